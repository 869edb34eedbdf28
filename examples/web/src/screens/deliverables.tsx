import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Heading } from "../parts/bits.tsx";
import { StatusFilter } from "../parts/status-filter.tsx";
import { deliverableWords } from "../parts/words.ts";
import { DeliverableRows } from "./deliverable-rows.tsx";

const route = getRouteApi("/signed-in/deliverables");

/** Short, so that all fit beside each other on a phone. */
const labels = {
  pending: "Waiting",
  revision: "Revision",
  approved: deliverableWords.approved.label,
};

export function Deliverables() {
  const { status, page = 1 } = route.useSearch();
  const navigate = useNavigate();
  return (
    <>
      <Heading title="Deliverables" note="Submitted work of all your projects." />
      <StatusFilter
        value={status}
        labels={labels}
        onChange={(to) => navigate({ to: "/deliverables", search: { status: to } })}
      />
      <DeliverableRows
        filter={{ status, page }}
        onPage={(to, replace) =>
          navigate({ to: "/deliverables", search: { status, page: to }, replace })
        }
      />
    </>
  );
}
