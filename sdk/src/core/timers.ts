type Timers = { setTimeout: (...args: never[]) => unknown };

/** Lets Node and Deno end although a timer is running. Deno's timers are numbers. */
export function unref(timer: unknown): void {
  const { Deno } = globalThis as { readonly Deno?: { unrefTimer?: (id: unknown) => void } };
  if (typeof timer === "number") Deno?.unrefTimer?.(timer);
  else (timer as { unref?: () => void } | undefined)?.unref?.();
}

/**
 * Runs work whose timers do not keep a Node process alive. supabase-js starts a timer of 10 seconds when it
 * disconnects and does not stop it.
 */
export function withUnrefTimers(work: () => void): void {
  const scope = globalThis as unknown as Timers;
  const { setTimeout: start } = scope;
  scope.setTimeout = (...args) => {
    const timer = start(...args);
    unref(timer);
    return timer;
  };
  try {
    work();
  } finally {
    scope.setTimeout = start;
  }
}
