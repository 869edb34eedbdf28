import { spawnSync } from "node:child_process";
import { chownSync, existsSync, readFileSync, statSync } from "node:fs";

/** An unprivileged account of this machine. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** How to start the programs of the cluster: under which account, and with which wrapper. */
export interface Launcher {
  /** The account the programs run as; `undefined` means ours. */
  readonly account: Account | undefined;
  /** Returns program and arguments that run `command` and end it with `signal` when this process dies. */
  wrap(command: readonly string[], signal?: "INT" | "TERM"): readonly [string, readonly string[]];
  /** The spawn options for that account. */
  readonly identity: { readonly uid?: number; readonly gid?: number };
  /** Gives a file or folder to the account. */
  own(path: string): void;
}

/**
 * PostgreSQL refuses to run as root. Under root it therefore runs as the owner of an existing cluster, or
 * as `postgres`, or as `nobody`. That account must reach `paths` even when only root may enter a parent folder
 * (a checkout made by `mktemp -d`): `setpriv` then leaves it the capability to enter folders, and no other
 * right of root.
 */
export function chooseLauncher(dataDir: string, paths: readonly string[]): Launcher {
  const root = process.getuid?.() === 0;
  if (!root) refuseOthersData(dataDir);
  const account = root ? unprivileged(dataDir) : undefined;
  const setpriv = hasSetpriv();
  if (account === undefined) return launcher(undefined, setpriv, []);
  const identity = [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    "--clear-groups",
    "--no-new-privs",
  ];
  if (setpriv) {
    for (const extra of [[], ...walking]) {
      const flags = [...identity, ...extra];
      if (reaches(flags, paths)) return launcher(account, true, flags);
    }
  } else if (paths.every(isOpenToAll)) {
    return launcher(account, false, []);
  }
  throw new Error(
    `PostgreSQL cannot run as root, and the account "${account.name}" may not enter the folders of ${paths.join(" and ")}. Start as an ordinary user, or move them to folders that every user may enter (chmod o+x).`,
  );
}

/** The first capability is enough; containers often have only the second. */
const walking = ["dac_read_search", "dac_override"].map((capability) => [
  `--inh-caps=+${capability}`,
  `--ambient-caps=+${capability}`,
  // Without this, access(2), which initdb calls, ignores the capabilities of all users but root.
  "--securebits=+no_setuid_fixup",
]);

/** Starts programs under the account of this process. */
export const plainLauncher = (): Launcher => launcher(undefined, hasSetpriv(), []);

function launcher(
  account: Account | undefined,
  setpriv: boolean,
  flags: readonly string[],
): Launcher {
  return {
    account,
    wrap([program = "", ...args], signal) {
      if (!setpriv) return [program, args];
      const death = signal === undefined ? [] : [`--pdeathsig=${signal}`];
      if (flags.length + death.length === 0) return [program, args];
      return ["setpriv", [...flags, ...death, "--", program, ...args]];
    },
    identity: account === undefined || setpriv ? {} : { uid: account.uid, gid: account.gid },
    own: (path) => {
      if (account !== undefined) chownSync(path, account.uid, account.gid);
    },
  };
}

function unprivileged(dataDir: string): Account {
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .map(([name = "", , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  const owner = existsSync(dataDir) ? statSync(dataDir) : undefined;
  if (owner !== undefined && owner.uid !== 0) {
    const known = accounts.find(({ uid }) => uid === owner.uid);
    return { name: known?.name ?? String(owner.uid), uid: owner.uid, gid: owner.gid };
  }
  const account = ["postgres", "nobody"]
    .map((wanted) => accounts.find(({ name, uid }) => name === wanted && uid > 0))
    .find((found) => found !== undefined);
  if (account !== undefined) return account;
  throw new Error(
    'PostgreSQL cannot run as root, and this machine has neither an account "postgres" nor "nobody". Start as an ordinary user.',
  );
}

function refuseOthersData(dataDir: string): void {
  const us = process.getuid?.();
  const owner = existsSync(dataDir) ? statSync(dataDir).uid : us;
  if (owner === us) return;
  throw new Error(
    `The database in ${dataDir} belongs to another account (user id ${owner}): it was started by that account, or by root. Start as that account, or use another --data-dir.`,
  );
}

/** Checks that `setpriv` accepts our flags: util-linux has it, busybox only a smaller one. */
const hasSetpriv = (): boolean =>
  process.platform === "linux" &&
  spawnSync("setpriv", ["--pdeathsig=INT", "--", "true"], { stdio: "ignore" }).status === 0;

function reaches(flags: readonly string[], paths: readonly string[]): boolean {
  const test = paths.map((_, index) => `test -x "$${index + 1}"`).join(" && ");
  const args = [...flags, "--", "sh", "-c", test, "sh", ...paths];
  return spawnSync("setpriv", args, { stdio: "ignore", cwd: "/" }).status === 0;
}

function isOpenToAll(path: string): boolean {
  const parts = path.split("/");
  return parts.every((_, index) => {
    const folder = parts.slice(0, index + 1).join("/") || "/";
    return (statSync(folder).mode & 0o001) !== 0;
  });
}
