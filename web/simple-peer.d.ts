// simple-peer's bare entry needs Node's `global`; its browser bundle does not, but has no types of its own.
declare module 'simple-peer/simplepeer.min.js' {
  import SimplePeer from 'simple-peer';
  export default SimplePeer;
}
