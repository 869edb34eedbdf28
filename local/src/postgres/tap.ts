/** The result of a test file that reports in TAP, the Test Anything Protocol. */
export interface TapReport {
  /** How many tests it announced; `undefined` when it announced none. */
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
  let explains = false;
  for (const line of lines) {
    const announced = planLine.exec(line)?.[1];
    const test = testLine.exec(line);
    if (announced !== undefined) {
      plan = Number(announced);
    } else if (test !== null) {
      // A test marked TODO is expected to fail, and one marked SKIP did not run: neither is a failure.
      const excused = /#\s*(todo|skip)\b/i.test(test[2] ?? "");
      explains = test[1] !== undefined && !excused;
      if (explains) {
        failed += 1;
        diagnostics.push(line);
      } else {
        passed += 1;
      }
    } else if (line.startsWith("#") && explains) {
      diagnostics.push(line);
    }
  }
  return { plan, passed, failed, diagnostics };
}
