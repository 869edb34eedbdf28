/** The result of a test file that reports in TAP, the Test Anything Protocol. */
export interface TapReport {
  /** The planned number of tests; `undefined` without a plan. */
  readonly plan: number | undefined;
  readonly passed: number;
  readonly failed: number;
  /** The file's own messages about failed tests. */
  readonly diagnostics: readonly string[];
}

const planLine = /^1\.\.(\d+)/;
const testLine = /^(not )?ok\b\s*\d*(?:\s*-)?\s*(.*)$/;

export function readTap(lines: readonly string[]): TapReport {
  let plan: number | undefined;
  let passed = 0;
  let failed = 0;
  const diagnostics: string[] = [];
  let isFailed = false;
  for (const line of lines) {
    const planned = planLine.exec(line)?.[1];
    const test = testLine.exec(line);
    if (planned !== undefined) {
      plan = Number(planned);
    } else if (test !== null) {
      // A test marked TODO is expected to fail, and one marked SKIP did not run: neither is a failure.
      const isExempt = /#\s*(todo|skip)\b/i.test(test[2] ?? "");
      isFailed = test[1] !== undefined && !isExempt;
      if (isFailed) {
        failed += 1;
        diagnostics.push(line);
      } else {
        passed += 1;
      }
    } else if (line.startsWith("#") && isFailed) {
      diagnostics.push(line);
    }
  }
  return { plan, passed, failed, diagnostics };
}
