import { SegmentedControl } from "@mantine/core";
import type { DeliverableStatus } from "@onswift/sdk";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Heading } from "../parts/bits.tsx";
import { deliverableWords } from "../parts/words.ts";
import { DeliverableRows } from "./deliverable-rows.tsx";

const route = getRouteApi("/signed-in/deliverables");

export function Deliverables() {
  const { status, page = 1 } = route.useSearch();
  const navigate = useNavigate();
  return (
    <>
      <Heading title="Deliverables" note="Submitted work of all your projects." />
      <SegmentedControl
        mb="lg"
        aria-label="Status"
        value={status ?? "all"}
        onChange={(value) =>
          navigate({
            to: "/deliverables",
            search: value === "all" ? {} : { status: value as DeliverableStatus },
          })
        }
        data={[
          { value: "all", label: "All" },
          { value: "pending", label: "Waiting" },
          { value: "revision", label: "Revision" },
          { value: "approved", label: deliverableWords.approved.label },
        ]}
      />
      <DeliverableRows
        filter={{ status, page, limit: 20, sort: "-updatedAt" }}
        onPage={(to) => navigate({ to: "/deliverables", search: { status, page: to } })}
      />
    </>
  );
}
