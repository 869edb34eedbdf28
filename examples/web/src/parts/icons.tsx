/** Line icons of 24 × 24, drawn for this app; a package of thousands would be far larger. */
const shapes = {
  projects: "M4 5h6v6H4zM14 5h6v6h-6zM4 15h6v4H4zM14 15h6v4h-6z",
  search: "M11 5a6 6 0 1 0 0 12a6 6 0 0 0 0-12M20 20l-4.6-4.6",
  work: "M9 6h11M9 12h11M9 18h11M4 6l1 1 2-2M4 12l1 1 2-2M4 18l1 1 2-2",
  deliverables: "M12 15V4M8 8l4-4 4 4M5 14v5h14v-5",
  messages: "M5 5h14v10h-8l-4 4v-4H5z",
  bell: "M7 16V10a5 5 0 0 1 10 0v6l1.5 2h-13zM10.5 21h3",
  calendar: "M4 6h16v14H4zM4 10h16M8 3.5V7M16 3.5V7",
  chart: "M4 20h16M7 20v-7M12 20V5M17 20v-10",
  person: "M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8M5 20c0-4 3-6 7-6s7 2 7 6",
  settings: "M5 7h8M17 7h2M15 5v4M5 12h2M11 12h8M9 10v4M5 17h8M17 17h2M15 15v4",
  sun: "M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M5.6 18.4L7 17M17 7l1.4-1.4",
  moon: "M19 14a7.5 7.5 0 0 1-9-9a7.5 7.5 0 1 0 9 9z",
  plus: "M12 5v14M5 12h14",
  grip: "M9 6v.01M9 12v.01M9 18v.01M15 6v.01M15 12v.01M15 18v.01",
  check: "M5 12.5l4.5 4.5L19 7.5",
  file: "M6 4h8l4 4v12H6zM14 4v4h4",
  link: "M10 14l4-4M8 12l-2 2a3.5 3.5 0 0 0 5 5l2-2M16 12l2-2a3.5 3.5 0 0 0-5-5l-2 2",
  more: "M6 12v.01M12 12v.01M18 12v.01",
  exit: "M10 5H5v14h5M14 8l4 4-4 4M9 12h9",
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "grip" || name === "more" ? 2.6 : 1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      style={{ flex: "none" }}
    >
      <path d={shapes[name]} />
    </svg>
  );
}
