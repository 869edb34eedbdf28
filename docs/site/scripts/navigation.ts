/** The pages of the site, in the order of the sidebar. Their sources are Markdown of the repository. */

export interface Page {
  /** The file in the repository. */
  readonly source: string;
  /** The address on the site, without slashes around it. */
  readonly slug: string;
  /** In the sidebar, where the title of the page is too long. */
  readonly label?: string;
}

export interface Group {
  readonly label: string;
  readonly pages: readonly Page[];
  /** Other addresses of the site that belong here. */
  readonly links?: readonly { readonly label: string; readonly link: string }[];
  readonly collapsed?: boolean;
}

const guide = (name: string): Page => ({
  source: `docs/guides/${name}.md`,
  slug: `guides/${name}`,
});
const page = (name: string, label?: string): Page => ({
  source: `docs/${name}.md`,
  slug: name,
  ...(label === undefined ? {} : { label }),
});

/** `decisions` are the names of the files in docs/decisions. */
export const groupsWith = (decisions: readonly string[]): readonly Group[] => [
  {
    label: "Start",
    pages: [{ source: "docs/README.md", slug: "index", label: "Overview" }, page("quickstart")],
    links: [{ label: "Screenshots", link: "/screenshots/" }],
  },
  {
    label: "Guides",
    pages: [
      "auth",
      "projects",
      "deliverables",
      "files",
      "realtime",
      "errors",
      "limits",
      "supabase-js",
      "nextjs",
      "react-native",
      "edge",
    ].map(guide),
  },
  {
    label: "SDK",
    pages: [{ source: "sdk/README.md", slug: "sdk", label: "Overview" }],
    links: [{ label: "Reference", link: "/sdk/reference/" }],
  },
  {
    label: "REST API",
    pages: [page("rest", "Overview"), page("operation-access", "Who may call what")],
    links: [{ label: "Reference", link: "/rest/reference/" }],
  },
  {
    label: "Reference",
    pages: [
      page("errors", "Error codes"),
      page("realtime", "Events"),
      page("database"),
      page("access-matrix"),
      page("glossary"),
    ],
  },
  {
    label: "Inside",
    pages: [
      page("architecture"),
      page("security"),
      page("performance"),
      page("scaling"),
      { source: "local/README.md", slug: "embedded", label: "Embedded Supabase" },
      { source: "examples/web/README.md", slug: "web-app", label: "Web app" },
    ],
  },
  {
    label: "Operate",
    pages: [
      page("deployment"),
      page("operations"),
      page("upgrading"),
      { source: "CHANGELOG.md", slug: "changelog" },
    ],
  },
  {
    label: "Decisions",
    collapsed: true,
    pages: [
      { source: "docs/decisions/README.md", slug: "decisions", label: "All" },
      ...decisions.map((name) => page(`decisions/${name}`)),
    ],
  },
  {
    label: "Contribute",
    pages: [
      { source: "CONTRIBUTING.md", slug: "contributing" },
      { source: "supabase/schemas/README.md", slug: "schema", label: "Rooms of the schema" },
    ],
  },
];
