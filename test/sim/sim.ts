/** `npm run sim -- --nodes 1000 --seed 7 --scenario NAME [--json]`: plays a scenario and says how it went. */
import { runCommand } from './command-line.ts';
import { SCENARIOS } from './scenarios.ts';

process.exitCode = runCommand(process.argv.slice(2), SCENARIOS, {
  say: (text) => console.log(text),
  complain: (sentence) => console.error(sentence),
});
