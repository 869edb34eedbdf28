import type { KeyboardCoordinateGetter } from "@dnd-kit/core";

/** With the keyboard a lifted card jumps from column to column instead of moving by pixels. */
export const columnByColumn: KeyboardCoordinateGetter = (
  event,
  { currentCoordinates, context },
) => {
  const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.code];
  if (step === undefined) return undefined;
  event.preventDefault();
  const columns = [...context.droppableRects].sort(
    ([, one], [, other]) => one.left - other.left || one.top - other.top,
  );
  const here = columns.findIndex(([id]) => id === context.over?.id);
  const target = columns[Math.min(Math.max(here + step, 0), columns.length - 1)]?.[1];
  return target === undefined ? currentCoordinates : { x: target.left + 12, y: target.top + 44 };
};
