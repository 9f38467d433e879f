/** A test report as JUnit XML, in the dialect that CI systems read (the `junit-10.xsd` of Jenkins' xUnit plugin). */
import type { TestReport, TestResult } from '../../rpc/sandbox.ts';

/** Whether XML 1.0 allows the character (production 2, Char); a half of a surrogate pair is none. */
const isAllowed = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code < 0xd800 || (code > 0xdfff && code !== 0xfffe && code !== 0xffff);
};

const allowed = (text: string): string =>
  Array.from(text, (character) => (isAllowed(character) ? character : '\uFFFD')).join('');

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

const attribute = (text: string): string =>
  allowed(text).replaceAll(/[&<>"\n\r\t]/g, (character) => entities[character] ?? character);

const content = (text: string): string =>
  allowed(text).replaceAll(/[&<>]/g, (character) => entities[character] ?? character);

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

const failureText = ({ failure }: TestResult): string => {
  if (failure === undefined) return '';
  const place = failure.file === undefined ? '' : `\n    at ${failure.file}:${failure.line ?? 0}`;
  const sides =
    failure.expected === undefined ? '' : `\nexpected: ${failure.expected}\nreceived: ${failure.actual ?? ''}`;
  return `<failure message="${attribute(failure.message)}" type="AssertionError">${content(`${failure.message}${sides}${place}`)}</failure>`;
};

const testCase = (test: TestResult, output: string): string => {
  const inside =
    test.status === 'failed'
      ? failureText(test)
      : test.status === 'passed'
        ? ''
        : `<skipped message="${test.status}"/>`;
  const printed = output === '' ? '' : `<system-out>${content(output)}</system-out>`;
  const head = `    <testcase classname="${attribute(test.file)}" name="${attribute(test.name)}" time="${seconds(test.durationMs)}"`;
  return inside + printed === '' ? `${head}/>` : `${head}>${inside}${printed}</testcase>`;
};

/** One `testsuite` for each file; a file that did not load is a suite with one error. */
export const toJUnit = (report: TestReport): string => {
  const files = new Set([...report.loadFailures.map(({ file }) => file), ...report.tests.map(({ file }) => file)]);
  const output = new Map<string, string[]>();
  for (const { test, text } of report.console) {
    if (test !== undefined) output.set(test, [...(output.get(test) ?? []), text]);
  }
  const suites = [...files].map((file) => {
    const tests = report.tests.filter((test) => test.file === file);
    const broken = report.loadFailures.filter((failure) => failure.file === file);
    const count = (status: TestResult['status']): number => tests.filter((test) => test.status === status).length;
    const time = seconds(tests.reduce((sum, { durationMs }) => sum + durationMs, 0));
    const errors = broken.map(
      ({ failure }) =>
        `    <testcase classname="${attribute(file)}" name="loads" time="0.000"><error message="${attribute(failure.message)}"/></testcase>`,
    );
    return [
      `  <testsuite name="${attribute(file)}" tests="${tests.length + broken.length}" failures="${count('failed')}" errors="${broken.length}" skipped="${count('skipped') + count('todo')}" time="${time}">`,
      ...errors,
      ...tests.map((test) => testCase(test, (output.get(test.name) ?? []).join('\n'))),
      '  </testsuite>',
    ].join('\n');
  });
  const { counts, loadFailures } = report;
  const total = counts.passed + counts.failed + counts.skipped + counts.todo + loadFailures.length;
  const isBroken = files.size === 0 && report.status !== 'passed';
  const lost = isBroken
    ? [
        `  <testsuite name="run" tests="1" failures="0" errors="1" skipped="0" time="${seconds(report.durationMs)}">`,
        `    <testcase classname="run" name="${report.status}" time="0.000"><error message="${attribute(report.reason ?? 'no test was found')}"/></testcase>`,
        '  </testsuite>',
      ]
    : [];
  const errors = loadFailures.length + (isBroken ? 1 : 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${isBroken ? 1 : total}" failures="${counts.failed}" errors="${errors}" skipped="${counts.skipped + counts.todo}" time="${seconds(report.durationMs)}">`,
    ...suites,
    ...lost,
    '</testsuites>',
    '',
  ].join('\n');
};
