import { SegmentedControl } from "@mantine/core";

/** Chooses one status of a list, or all. */
export function StatusFilter<Status extends string>({
  value,
  labels,
  onChange,
}: {
  readonly value: Status | undefined;
  readonly labels: Readonly<Record<Status, string>>;
  readonly onChange: (status: Status | undefined) => void;
}) {
  const choices = Object.entries<string>(labels).map(([status, label]) => ({
    value: status,
    label,
  }));
  return (
    <SegmentedControl
      mb="lg"
      className="filter"
      aria-label="Status"
      value={value ?? "all"}
      onChange={(chosen) => onChange(chosen === "all" ? undefined : (chosen as Status))}
      data={[{ value: "all", label: "All" }, ...choices]}
    />
  );
}
