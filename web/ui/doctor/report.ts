/**
 * The doctor's findings as plain text, to be pasted into a mail. Made of facts that hold no secret: neither the room's
 * nor the credentials of a server. In the page's language, because who sends it should see what is told of them, and
 * who helps is mostly of the same school. For helpers elsewhere there are the findings' codes, and times, addresses,
 * states and error codes are as the browser gives them.
 */
import type { Attempt } from '../../net/connection-log.ts';
import { list } from '../format/list.ts';
import { sentences } from '../format/sentences.ts';
import { m } from '../paraglide/messages.js';
import { SEPARATOR } from '../separator.ts';
import { attemptCourse, attemptName, attemptPair, attemptResult, attemptWay } from './attempt-words.ts';
import { groupCandidates, parseCandidates } from './candidate.ts';
import { candidateGroup } from './candidate-words.ts';
import { diagnosis, type Finding } from './diagnosis.ts';
import type { Facts } from './facts.ts';
import { findingWords } from './finding-words.ts';
import { serverResult } from './server-words.ts';
import { serviceName, serviceState } from './service-words.ts';
import { services } from './services.ts';

export interface ReportOptions {
  readonly facts: Facts;
  readonly userAgent: string;
  readonly isOnline: boolean;
  /** Device addresses in full; without it, only what kind they are. */
  readonly withAddresses: boolean;
  /** Proved keys of the peers by link id. */
  readonly keys: ReadonlyMap<string, string>;
}

export function report({ facts, userAgent, isOnline, withAddresses, keys }: ReportOptions): string {
  const page = [
    facts.isSecure ? m.doctor_report_secure() : m.doctor_report_plain(),
    isOnline ? m.doctor_report_online() : m.doctor_report_offline(),
  ];
  const lines = [
    m.doctor_report_heading(),
    new Date(facts.nowMs).toISOString(),
    `${m.doctor_report_browser()}: ${userAgent}`,
    `${m.doctor_report_page()}: ${page.join(SEPARATOR)}`,
    `${m.doctor_report_room()}: ${roomWords(facts)}`,
    ...services(facts, false).map(({ name, state }) => `${serviceName(name)}: ${serviceState(state)}`),
    '',
    m.doctor_findings(),
    ...diagnosis(facts).map(findingLine),
    '',
    m.doctor_servers(),
    ...facts.servers.map((server) => `- ${server.url}: ${serverResult(server, facts.nowMs).word}`),
    ...(facts.servers.length === 0 ? [`- ${m.doctor_servers_none()}`] : []),
    '',
    m.doctor_attempts(),
    ...facts.attempts
      .toReversed()
      .flatMap((attempt) => attemptLines(attempt, keys.get(attempt.linkId), withAddresses)),
    ...(facts.attempts.length === 0 ? [`- ${m.doctor_attempts_none()}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function roomWords({ linked, signaling }: Facts): string {
  const links = m.doctor_links({ n: linked });
  return signaling.kind === 'connected'
    ? [links, m.doctor_members({ n: signaling.members })].join(SEPARATOR)
    : links;
}

function findingLine(finding: Finding): string {
  const { what, advice } = findingWords(finding);
  return `- [${finding.kind}] ${sentences(what, advice)}`;
}

function attemptLines(attempt: Attempt, key: string | undefined, withAddresses: boolean): readonly string[] {
  const began = new Date(attempt.startedAtMs).toISOString();
  const failed = attempt.errors.map(({ url, code }) => `${url} (${code})`);
  return [
    `- ${began} ${attemptName(attempt, key)}${SEPARATOR}${attemptWay(attempt)}: ${attemptResult(attempt).word}`,
    `  ${m.doctor_found()}: ${candidateWords(attempt.local, withAddresses)}`,
    `  ${m.doctor_given()}: ${candidateWords(attempt.remote, withAddresses)}`,
    `  ${m.doctor_pair()}: ${attemptPair(attempt)}`,
    `  ${m.doctor_course()}: ${attemptCourse(attempt)}`,
    ...(failed.length === 0 ? [] : [`  ${m.doctor_failed_servers()}: ${list(failed)}`]),
  ];
}

function candidateWords(lines: readonly string[], withAddresses: boolean): string {
  const candidates = parseCandidates(lines);
  const groups = groupCandidates(candidates).map(candidateGroup);
  if (groups.length === 0) return m.doctor_nothing();
  const places = withAddresses ? candidates.map(({ type, place }) => `${type} ${place}`) : [];
  return [...groups, ...places].join(SEPARATOR);
}
