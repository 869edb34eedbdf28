import { relative, sep } from "node:path";
import { watch } from "chokidar";

/** Files that are not part of a function: tests, and files of editors and version control. */
const irrelevant =
  /(\.test\.[jt]sx?|~|\.sw.|\.tmp)$|(^|[\\/])(\.git|node_modules)([\\/]|$)|[\\/]tests?([\\/]|$)/;
/** Milliseconds without a change before the callback, because editors write in several steps. */
const quiet = 150;

/**
 * Watches a folder and everything below it. After a change, calls `onChange` with the names of the changed entries
 * of `folder`. Resolves, once it watches, with a function that stops it.
 */
export async function watchFolder(
  folder: string,
  onChange: (names: ReadonlySet<string>) => void,
  onError: (error: Error) => void,
): Promise<() => Promise<void>> {
  let changed = new Set<string>();
  let pause: NodeJS.Timeout | undefined;

  const watcher = watch(folder, {
    ignoreInitial: true,
    ignored: (path) => irrelevant.test(relative(folder, path)),
  });
  watcher.on("error", (error) => onError(error as Error));
  watcher.on("all", (_event, path) => {
    changed.add(relative(folder, path).split(sep, 1)[0] ?? "");
    clearTimeout(pause);
    pause = setTimeout(() => {
      const names = changed;
      changed = new Set();
      onChange(names);
    }, quiet);
  });
  await new Promise<void>((resolve) => watcher.once("ready", resolve));
  return async () => {
    clearTimeout(pause);
    await watcher.close();
  };
}
