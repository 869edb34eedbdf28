import type { Pagination } from "../core/lists.ts";
import type { AuditEvent } from "./analytics.ts";
import type { SecurityEvent, SignedInSession } from "./auth.ts";
import type { CalendarLink } from "./calendar.ts";
import type { UserCard } from "./card.ts";
import type { Conversation } from "./conversations.ts";
import type { DeliverableHistory } from "./deliverables.ts";
import type { Upload } from "./files.ts";
import type { Message } from "./messages.ts";
import type { Notification, NotificationPreferences } from "./notifications.ts";
import type { Project } from "./projects.ts";
import type { PublicReview, Review, ReviewDistribution } from "./reviews.ts";
import type { Task } from "./tasks.ts";

/** A creator runs projects; a talent works on them. Chosen at sign-up and never changed. */
export type UserType = "creator" | "talent";

/** When a talent is available. */
export type Availability =
  | "available_now"
  | "available_1_2_weeks"
  | "available_2_4_weeks"
  | "not_available";

/** Links to a user's profiles on other sites; http or https, at most 2,048 characters each. */
export interface SocialLinks {
  readonly linkedinUrl: string | null;
  readonly twitterUrl: string | null;
  readonly instagramUrl: string | null;
  readonly youtubeUrl: string | null;
  readonly githubUrl: string | null;
}

/** What both kinds of own profile have. */
interface OwnProfile extends SocialLinks {
  readonly id: string;
  readonly email: string;
  /** Whether the user opened the link in the verification email. Until then, no notification emails are sent. */
  readonly emailVerified: boolean;
  readonly name: string;
  readonly avatarUrl: string | null;
  readonly currency: "USD";
  /** The average of all reviews, with one decimal; `null` if there are no reviews. */
  readonly averageRating: number | null;
  readonly totalReviews: number;
  /** 0 to 100. */
  readonly profileCompletionPercentage: number;
  /** ISO 8601 in UTC, like every time in the SDK. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The own profile of a creator. */
export interface CreatorMe extends OwnProfile {
  readonly userType: "creator";
  readonly companyName: string | null;
  readonly professionalTitle: null;
  readonly bio: null;
  readonly skills: null;
  readonly portfolioLinks: null;
  readonly hourlyRate: null;
  readonly availability: null;
}

/** The own profile of a talent. */
export interface TalentMe extends OwnProfile {
  readonly userType: "talent";
  readonly companyName: null;
  readonly professionalTitle: string | null;
  readonly bio: string | null;
  readonly skills: readonly string[] | null;
  readonly portfolioLinks: readonly string[] | null;
  /** US dollars per hour, 5.00 to 500.00. */
  readonly hourlyRate: number | null;
  readonly availability: Availability | null;
}

/** The signed-in user's own profile: `userType` decides which one. Fields of the other type are `null`. */
export type Me = CreatorMe | TalentMe;

/** A talent's profile, visible to every signed-in user. */
export interface PublicProfile extends SocialLinks {
  readonly id: string;
  readonly name: string;
  readonly userType: UserType;
  readonly avatarUrl: string | null;
  readonly professionalTitle: string | null;
  readonly bio: string | null;
  readonly skills: readonly string[] | null;
  readonly portfolioLinks: readonly string[] | null;
  /** US dollars per hour. */
  readonly hourlyRate: number | null;
  readonly currency: "USD";
  readonly availability: Availability | null;
  /** The average of all reviews, with one decimal; `null` if there are no reviews. */
  readonly averageRating: number | null;
  readonly totalReviews: number;
  /** How many reviews have each number of stars. */
  readonly reviewDistribution: ReviewDistribution;
  /** The three newest reviews. */
  readonly latestReviews: readonly PublicReview[];
  readonly createdAt: string;
}

/** Changes to the own profile. Fields that are left out keep their values; `null` clears a field. */
export interface ProfilePatch {
  /** 1 to 255 characters; cannot be cleared. */
  readonly name?: string | undefined;
  /** For creators only. At most 255 characters. */
  readonly companyName?: string | null | undefined;
  /** For talents only. At most 255 characters. */
  readonly professionalTitle?: string | null | undefined;
  /** For talents only. At most 500 characters. */
  readonly bio?: string | null | undefined;
  /** For talents only. At most 10 names from `users.skills`. */
  readonly skills?: readonly string[] | null | undefined;
  /** For talents only. At most 5 links, http or https. */
  readonly portfolioLinks?: readonly string[] | null | undefined;
  /** For talents only. US dollars per hour, 5.00 to 500.00. */
  readonly hourlyRate?: number | null | undefined;
  /** For talents only. */
  readonly availability?: Availability | null | undefined;
  readonly linkedinUrl?: string | null | undefined;
  readonly twitterUrl?: string | null | undefined;
  readonly instagramUrl?: string | null | undefined;
  readonly youtubeUrl?: string | null | undefined;
  readonly githubUrl?: string | null | undefined;
  /** An uploaded and scanned avatar file. `users.setAvatar` does all the steps in one call. */
  readonly avatarFileId?: string | null | undefined;
}

/** The input of `users.delete`. */
export interface DeleteAccount {
  /** The current password. */
  readonly password: string;
  /** Whether to delete the account even if it has open deliverables. Default `false`. */
  readonly force?: boolean | undefined;
}

/** A skill. */
export interface Skill {
  readonly id: string;
  readonly name: string;
}

/** Every skill that a profile can have. */
export interface SkillList {
  readonly skills: readonly Skill[];
}

/** What `users.search` looks for. Filters are combined: a talent has to meet all of them. */
export interface TalentFilter {
  /**
   * Words in name, title and bio; at most 200 characters. Every word must be there. The last word may be the
   * beginning of a word. A word of 5 letters or more that no profile contains also finds the words that differ in
   * one letter.
   */
  readonly q?: string | undefined;
  /** At most 10 names from `users.skills`. */
  readonly skills?: readonly string[] | undefined;
  /** Whether talents need all of the skills, or any of them. Default `"all"`. */
  readonly skillsMode?: "all" | "any" | undefined;
  /** US dollars per hour. Talents without a rate are left out. */
  readonly minRate?: number | undefined;
  /** US dollars per hour. Talents without a rate are left out. */
  readonly maxRate?: number | undefined;
  readonly availability?: Availability | undefined;
  /** 1 to 5. Talents without reviews are left out. */
  readonly minRating?: number | undefined;
  /** A field, with a leading `-` for descending order. Default: relevance. */
  readonly sort?:
    | "averageRating"
    | "-averageRating"
    | "hourlyRate"
    | "-hourlyRate"
    | "createdAt"
    | "-createdAt"
    | undefined;
  /** Page number, starting at 1. */
  readonly page?: number | undefined;
  /** Talents per page: default 20, at most 50. */
  readonly limit?: number | undefined;
  /** Instead of `page`: the `nextCursor` of an earlier page of the same search. */
  readonly cursor?: string | undefined;
}

/** A talent in the results of a search. */
export interface FoundTalent {
  readonly id: string;
  readonly name: string;
  readonly professionalTitle: string | null;
  readonly avatarUrl: string | null;
  readonly skills: readonly string[];
  /** US dollars per hour. */
  readonly hourlyRate: number | null;
  readonly currency: "USD";
  readonly availability: Availability | null;
  /** The average of all reviews, with one decimal; `null` if there are no reviews. */
  readonly averageRating: number | null;
  readonly totalReviews: number;
}

/** A page of the talents that a search finds. */
export interface TalentList {
  readonly users: readonly FoundTalent[];
  /** `total` is exact. With `cursor`, `page` is 1 and `hasPrev` false: the list begins behind the cursor. `hasNext` is whether there is a `nextCursor`. */
  readonly pagination: Pagination;
  /** The `cursor` of the next page; `null` on the last page. */
  readonly nextCursor: string | null;
}

/** The users that the signed-in user has blocked. */
export interface BlockList {
  readonly users: readonly UserCard[];
}

/** Everything that OnSwift stores about the signed-in user. */
export interface AccountExport {
  readonly exportedAt: string;
  readonly profile: Me;
  /** For a creator: their own projects. */
  readonly projects: readonly Project[];
  /** For a talent: their current and past team memberships. */
  readonly memberships: readonly PastMembership[];
  /** For a talent: tasks assigned to them. For a creator: tasks of their projects. */
  readonly tasks: readonly Task[];
  /** Deliverables that the user submitted or reviews, with every version. */
  readonly deliverables: readonly DeliverableHistory[];
  readonly uploads: readonly Upload[];
  readonly conversations: readonly Conversation[];
  /** Messages that the user sent. */
  readonly messages: readonly Message[];
  readonly notifications: readonly Notification[];
  readonly notificationPreferences: NotificationPreferences["preferences"];
  readonly blockedUsers: readonly UserCard[];
  /** The security log of the last 90 days. */
  readonly securityEvents: readonly SecurityEvent[];
  readonly reviewsWritten: readonly Review[];
  readonly reviewsReceived: readonly PublicReview[];
  /** Without its secret; `null` if there is none. */
  readonly calendarLink: CalendarLink | null;
  /** Events that the user caused, and those about the user. */
  readonly auditEvents: readonly AuditEvent[];
  readonly sessions: readonly SignedInSession[];
}

/** A part of an {@link AccountExport}. A list that several pieces have is their items in a row. */
export interface ExportPiece extends Partial<Omit<AccountExport, "exportedAt">> {
  /** The moment that this piece shows. */
  readonly exportedAt: string;
  /** `null` in the last piece. */
  readonly next: string | null;
}

/** A current or past team membership. */
export interface PastMembership {
  readonly projectId: string;
  readonly projectName: string;
  readonly role: string | null;
  readonly joinedAt: string;
  /** `null` while the membership lasts. */
  readonly removedAt: string | null;
}

/** The URL of an avatar in another size. */
export interface AvatarUrl {
  readonly avatarUrl: string;
}
