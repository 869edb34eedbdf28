/**
 * What supabase-js and an app may rely on, asked of a whole stack. Boots the embedded one; with
 * `SUPABASE_URL`, `PUBLISHABLE_KEY`, `SECRET_KEY`, `DB_URL` and `MAILPIT_URL` it asks another one that serves the
 * same project, such as `supabase start` in `test/fixtures/project`.
 */
import { afterAll, beforeAll, describe } from "vitest";
import { accounts } from "./accounts.ts";
import { administration } from "./administration.ts";
import { database } from "./database.ts";
import { functions } from "./functions.ts";
import { gateway } from "./gateway.ts";
import { jobs } from "./jobs.ts";
import { mails } from "./mails.ts";
import { rest } from "./rest.ts";
import { sessions } from "./sessions.ts";
import { closeTarget, openTarget } from "./target.ts";

beforeAll(openTarget);
afterAll(closeTarget);

describe("gateway", gateway);
describe("REST", rest);
describe("accounts", accounts);
describe("sessions", sessions);
describe("mails", mails);
describe("administration", administration);
describe("functions", functions);
describe("jobs", jobs);
describe("database", database);
