/** The servers of others that some tests start: found on this machine, or installed where that is possible. */
import { installByApt, namedProgram, onPath } from './programs.ts';

interface Service {
  readonly name: string;
  readonly command: string;
  /** An environment variable that may name its program. */
  readonly variable: `TABCHAIN_${string}`;
  /** Debian's, and by the same name Ubuntu's and Homebrew's. */
  readonly package: string;
  readonly tests: string;
}

export const REDIS: Service = {
  name: 'Redis',
  command: 'redis-server',
  variable: 'TABCHAIN_REDIS_SERVER',
  package: 'redis-server',
  tests: 'tests of several signaling servers',
};
export const COTURN: Service = {
  name: 'coturn',
  command: 'turnserver',
  variable: 'TABCHAIN_TURNSERVER',
  package: 'coturn',
  tests: 'tests of TURN',
};

/** The path of its program. @throws Error if its variable names a file that isn't. */
export function findService({ command, variable }: Service): string | undefined {
  return namedProgram(variable) ?? onPath([command]);
}

/** Installs what is missing, or says which tests are skipped for want of it and how to get it. */
export function ensureServices(): void {
  const isMissing = (service: Service) => findService(service) === undefined;
  const missing = [REDIS, COTURN].filter(isMissing);
  for (const service of missing) installByApt(service.package);
  for (const { name, package: packageName, tests } of missing.filter(isMissing)) {
    console.log(
      `No ${name} here: the ${tests} are skipped. To run them: apt-get install ${packageName}, ` +
        `or brew install ${packageName.replace('-server', '')}.`,
    );
  }
}
