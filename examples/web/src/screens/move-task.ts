import type { Status, Task } from "@onswift/sdk";
import { keyOf, patchCached, useAction } from "@onswift/sdk/react";
import { useQueryClient } from "@tanstack/react-query";

interface Move {
  readonly task: Task;
  readonly status: Status;
}

/** Moves a task to another status: on the screen at once, and back if the backend refuses. */
export function useMoveTask() {
  const cache = useQueryClient();
  const tasks = { queryKey: keyOf("tasks") };
  const show = ({ task, status }: Move) =>
    patchCached<Task>(cache, tasks.queryKey, (one) =>
      one.id === task.id ? { ...one, status } : one,
    );
  return useAction(
    (onswift, { task, status }: Move) => onswift.tasks.setStatus(task.projectId, task.id, status),
    ["tasks", "projects", "calendar", "analytics"],
    {
      onMutate: async (move) => {
        // A load that is under way would bring the old status back.
        await cache.cancelQueries(tasks);
        show(move);
      },
      onError: (_error, { task }) => {
        show({ task, status: task.status });
        // Perhaps another person has moved it.
        void cache.invalidateQueries(tasks);
      },
    },
  );
}
