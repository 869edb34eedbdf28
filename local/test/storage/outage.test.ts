/** Storage while the database is killed and restarts. Embedded stack only. */
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { admin, apiUrl, isEmbedded } from "../contract/target.ts";
import { until } from "../support/http.ts";
import { failure, onDisk } from "./support.ts";

test.runIf(isEmbedded)(
  "reports a database timeout while PostgreSQL is down, and accepts uploads afterwards",
  async () => {
    const own = admin.storage.from("own");
    const path = `outage/${randomUUID()}`;
    await own.upload(path, "before");
    const before = await onDisk();
    const health = async () => {
      const answer = await fetch(`${apiUrl}/health`);
      return (await answer.json()) as {
        parts: { postgres: { pid: number; restarts: number; state: string } };
      };
    };
    const { pid, restarts } = (await health()).parts.postgres;
    process.kill(pid, "SIGKILL");
    const during = await own.upload(path, "during", { upsert: true });
    if (during.error !== null) {
      expect(failure(during)).toMatchObject({ status: 544, code: "DatabaseTimeout" });
    }
    await until("the database is back", async () => {
      const { postgres } = (await health()).parts;
      return postgres.restarts > restarts && postgres.state === "healthy";
    });
    await until("uploads work", async () => {
      const { error } = await own.upload(path, "after", { upsert: true });
      return error === null;
    });
    expect(await (await own.download(path)).data?.text()).toBe("after");
    expect((await onDisk()).drafts).toBe(0);
    // The upload during the outage can leave one version, which the next start removes.
    expect((await onDisk()).objects - before.objects).toBeLessThanOrEqual(1);
  },
);
