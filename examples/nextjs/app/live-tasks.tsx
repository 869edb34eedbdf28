"use client";

import type { Task } from "@onswift/sdk";
import { useEffect, useState } from "react";
import { onswift } from "../lib/browser";

/** A client component: shows the user's tasks and follows the events. */
export function LiveTasks() {
  const [tasks, setTasks] = useState<readonly Task[]>();

  useEffect(() => {
    const load = async () => setTasks((await onswift.tasks.list({ sort: "dueDate" })).data?.tasks);
    const listeners = [
      onswift.realtime.on("task:assigned", load),
      onswift.realtime.on("task:status_changed", load),
    ];
    const stopResync = onswift.realtime.onResync(load);
    // From here on no event is missed, so the list is loaded after that.
    void listeners[1]?.ready.then(load);
    return () => {
      for (const stop of listeners) stop();
      stopResync();
    };
  }, []);

  return (
    <section>
      <h2>Tasks</h2>
      {tasks === undefined ? (
        <p>Loading …</p>
      ) : (
        <ul data-ready>
          {tasks.map(({ id, name, status }) => (
            <li key={id}>
              {name}: {status}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
