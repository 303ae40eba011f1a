/** The kernel's WebAssembly in Base64; vite.config.ts has the plugin that compiles it. */
declare module '*?kernel=simd' {
  const base64: string;
  export default base64;
}
declare module '*?kernel=scalar' {
  const base64: string;
  export default base64;
}
