import { type FSWatcher, readdirSync, watch } from "node:fs";
import { join, relative, sep } from "node:path";

/** Files that no function is made of: tests, editors' and version control's leftovers. */
const irrelevant =
  /(\.test\.[jt]sx?|~|\.sw.|\.tmp)$|(^|[\\/])(\.git|node_modules)([\\/]|$)|[\\/]tests?([\\/]|$)/;

/**
 * Calls back with the first folders (or files) below `folder` that changed, once things are quiet, because
 * editors write in several steps. Returns how to stop; throws when the folder can't be watched.
 *
 * Each folder is watched by itself: Node's own recursive watching follows files on Linux, and so loses
 * one that an editor replaces instead of writing into it.
 */
export function watchFolder(
  folder: string,
  onChange: (names: ReadonlySet<string>) => void,
  onError: (error: Error) => void,
): () => void {
  const watchers = new Map<string, FSWatcher>();
  let changed = new Set<string>();
  let pause: NodeJS.Timeout | undefined;

  const note = (path: string): void => {
    const file = relative(folder, path);
    if (irrelevant.test(file)) return;
    changed.add(file.split(sep, 1)[0] ?? "");
    clearTimeout(pause);
    pause = setTimeout(() => {
      const names = changed;
      changed = new Set();
      onChange(names);
    }, 150);
  };

  const forget = (path: string): void => {
    watchers.get(path)?.close();
    watchers.delete(path);
  };

  const follow = (path: string): void => {
    if (watchers.has(path) || irrelevant.test(relative(folder, path))) return;
    const watcher = watch(path, (_event, name) => {
      if (name === null) return;
      note(join(path, name));
      // It may be a folder that has just come, with files in it already.
      adopt(join(path, name));
    });
    watchers.set(path, watcher);
    watcher.on("error", (error) => (path === folder ? onError(error) : forget(path)));
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) follow(join(path, entry.name));
    }
  };

  const adopt = (path: string): void => {
    try {
      readdirSync(path);
      follow(path);
    } catch (error) {
      // A file, or something that is gone: a folder of the same name would be another one.
      forget(path);
      if ((error as NodeJS.ErrnoException).code === "ENOSPC") onError(error as Error);
    }
  };

  follow(folder);
  return () => {
    clearTimeout(pause);
    for (const watcher of watchers.values()) watcher.close();
  };
}
