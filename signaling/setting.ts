import { parseArgs } from 'node:util';

/** One thing that whoever starts the server can choose, by flag or by environment variable. The flag wins. */
export interface Setting<Value> {
  /** Without the dashes. */
  readonly flag: string;
  readonly env: string;
  /** What stands for the value in the help; undefined for a switch, which has none as a flag. */
  readonly placeholder: string | undefined;
  /** Without a full stop; the default is told by `otherwise`. */
  readonly help: string;
  /** The default in words. */
  readonly otherwise: string;
  readonly fallback: Value;
  /** undefined if the text makes no sense. */
  read(text: string): Value | undefined;
  /** "a whole number from 0 to 65535": completes "PORT must be ...". */
  readonly must: string;
  readonly example: string;
  /** Its value is not repeated in an error, which may end up in a log. */
  readonly isSecret?: boolean;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;
export type ValuesOf<All extends Settings> = {
  readonly [Name in keyof All]: All[Name] extends Setting<infer Value> ? Value : never;
};

/** `problem` is one sentence for the person at the keyboard. */
export type SettingsResult<All extends Settings> =
  { readonly ok: true; readonly values: ValuesOf<All> } | { readonly ok: false; readonly problem: string };

/** Reads command line and environment; an empty variable counts as not set. The first problem is told. */
export function readSettings<All extends Settings>(
  settings: All,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): SettingsResult<All> {
  const given = readFlags(settings, args);
  if (typeof given === 'string') return { ok: false, problem: given };
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const flag = given.get(setting.flag);
    const text = flag ?? (env[setting.env] || undefined);
    const value = text === undefined ? setting.fallback : setting.read(text);
    if (text !== undefined && value === undefined) {
      return { ok: false, problem: explain(setting, text, flag !== undefined) };
    }
    values[name] = value;
  }
  return { ok: true, values: values as ValuesOf<All> };
}

function explain(setting: Setting<unknown>, text: string, byFlag: boolean): string {
  const { flag, env, must, example, isSecret } = setting;
  const not = isSecret === true ? '' : `, not "${text}"`;
  return `${byFlag ? `--${flag}` : env} must be ${must}${not}. Example: ${byFlag ? `--${flag} ` : `${env}=`}${example}`;
}

/** The flags' texts by name, or what is wrong with them. A switch's text is `1`. */
function readFlags(settings: Settings, args: readonly string[]): Map<string, string> | string {
  const byFlag = new Map(Object.values(settings).map((setting) => [setting.flag, setting]));
  const options = Object.fromEntries(
    [...byFlag].map(([flag, { placeholder }]) => {
      return [flag, { type: placeholder === undefined ? ('boolean' as const) : ('string' as const) }];
    }),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') return `"${token.value}" is no option: --help lists them all.`;
    const setting = byFlag.get(token.name);
    if (setting === undefined) return `There is no option "${token.rawName}": --help lists them all.`;
    const isSwitch = setting.placeholder === undefined;
    if (isSwitch && token.value !== undefined) return `${token.rawName} takes no value.`;
    if (!isSwitch && token.value === undefined) {
      return `${token.rawName} needs a value. Example: ${token.rawName} ${setting.example}`;
    }
    given.set(token.name, token.value ?? '1');
  }
  return given;
}

const COLUMN = 34;
const WIDTH = 100;

/** One paragraph for each setting: its flag, its variable, what it does. */
export function describeSettings(settings: Settings): string {
  return Object.values(settings)
    .map(({ flag, env, placeholder, help, otherwise }) => {
      const left = `  --${flag}${placeholder === undefined ? '' : ` <${placeholder}>`}`;
      const lines = wrap(`${help}. Default: ${otherwise}. [${env}]`, WIDTH - COLUMN);
      const first = left.length < COLUMN ? [left.padEnd(COLUMN) + (lines.shift() ?? '')] : [left];
      return [...first, ...lines.map((line) => ' '.repeat(COLUMN) + line)].join('\n');
    })
    .join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
