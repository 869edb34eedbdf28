import { openApiDocument } from "./openapi.ts";
import type { Operation } from "./operation.ts";
import { figures } from "./routes/analytics.ts";
import { authentication } from "./routes/auth.ts";
import { blocks } from "./routes/blocks.ts";
import { calendar } from "./routes/calendar.ts";
import { conversations } from "./routes/conversations.ts";
import { deliverables } from "./routes/deliverables.ts";
import { docs } from "./routes/docs.ts";
import { files } from "./routes/files.ts";
import { messages } from "./routes/messages.ts";
import { notifications } from "./routes/notifications.ts";
import { password } from "./routes/password.ts";
import { projects } from "./routes/projects.ts";
import { reviews } from "./routes/reviews.ts";
import { samples } from "./routes/samples.ts";
import { health, openApi } from "./routes/service.ts";
import { sessions } from "./routes/sessions.ts";
import { tasks } from "./routes/tasks.ts";
import { team } from "./routes/team.ts";
import { users } from "./routes/users.ts";

/** All operations of the REST API. The router and the OpenAPI document are generated from this list. */
export const operations: readonly Operation[] = [
  ...authentication,
  ...password,
  ...sessions,
  ...users,
  ...projects,
  ...team,
  ...tasks,
  ...files,
  ...deliverables,
  ...samples,
  ...conversations,
  ...messages,
  ...blocks,
  ...reviews,
  ...calendar,
  ...figures,
  ...notifications,
  health,
  ...docs,
  openApi(() => openApiDocument(operations)),
];
