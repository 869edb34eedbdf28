import type { Status, Task } from "@onswift/sdk";
import { keyOf, patchCached, useAction } from "@onswift/sdk/react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

interface Move {
  readonly task: Task;
  readonly status: Status;
}

/**
 * Moves a task to another status: on the screen at once, and back if the backend refuses. `error` is that of the last move
 * that was refused, also while others follow.
 */
export function useMoveTask() {
  const cache = useQueryClient();
  const tasks = { queryKey: keyOf("tasks") };
  const show = ({ task, status }: Move) =>
    patchCached<Task>(cache, tasks.queryKey, (one) =>
      one.id === task.id ? { ...one, status } : one,
    );
  const [error, setError] = useState<unknown>(null);
  const move = useAction(
    (onswift, { task, status }: Move) => onswift.tasks.setStatus(task.projectId, task.id, status),
    ["tasks", "projects", "calendar", "analytics"],
    {
      onMutate: async (move) => {
        setError(null);
        // A load that is under way would bring the old status back.
        await cache.cancelQueries(tasks);
        show(move);
      },
      onError: (reason, { task }) => {
        setError(reason);
        show({ task, status: task.status });
        // Perhaps another person has moved it, or deleted the project.
        void cache.invalidateQueries(tasks);
        void cache.invalidateQueries({ queryKey: keyOf("projects", "get", task.projectId) });
      },
    },
  );
  return { move, error };
}
