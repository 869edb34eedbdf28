import type { UserCard } from "./card.ts";
import type { Conversation } from "./conversations.ts";
import type { DeliverableHistory } from "./deliverables.ts";
import type { Upload } from "./files.ts";
import type { Message } from "./messages.ts";
import type { Notification, NotificationPreferences } from "./notifications.ts";
import type { Project } from "./projects.ts";
import type { Task } from "./tasks.ts";

/** A creator hires and runs projects; a talent works on them. Fixed at sign-up. */
export type UserType = "creator" | "talent";

/** When a talent can start. */
export type Availability =
  | "available_now"
  | "available_1_2_weeks"
  | "available_2_4_weeks"
  | "not_available";

/** Links to a user's presence elsewhere; http or https, at most 2,048 characters each. */
export interface SocialLinks {
  readonly linkedinUrl: string | null;
  readonly twitterUrl: string | null;
  readonly instagramUrl: string | null;
  readonly youtubeUrl: string | null;
  readonly githubUrl: string | null;
}

/** The signed-in user's own profile. Fields of the other role, and those not filled in, are `null`. */
export interface Me extends SocialLinks {
  readonly id: string;
  readonly email: string;
  /** Whether the link in the sign-up mail was followed; no notification mail is sent before. */
  readonly emailVerified: boolean;
  readonly name: string;
  readonly userType: UserType;
  readonly avatarUrl: string | null;
  /** Creators only. */
  readonly companyName: string | null;
  readonly professionalTitle: string | null;
  readonly bio: string | null;
  readonly skills: readonly string[] | null;
  readonly portfolioLinks: readonly string[] | null;
  /** US dollars an hour, 5.00 to 500.00. */
  readonly hourlyRate: number | null;
  readonly currency: "USD";
  readonly availability: Availability | null;
  /** What reviews give, one decimal; `null` while there is none. */
  readonly averageRating: number | null;
  readonly totalReviews: number;
  /** How complete the profile is, 0 to 100. */
  readonly profileCompletionPercentage: number;
  /** ISO 8601 in UTC, like every time here. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A talent's profile as every signed-in user may see it. */
export interface PublicProfile extends SocialLinks {
  readonly id: string;
  readonly name: string;
  readonly userType: UserType;
  readonly avatarUrl: string | null;
  readonly professionalTitle: string | null;
  readonly bio: string | null;
  readonly skills: readonly string[] | null;
  readonly portfolioLinks: readonly string[] | null;
  /** US dollars an hour. */
  readonly hourlyRate: number | null;
  readonly currency: "USD";
  readonly availability: Availability | null;
  /** One decimal; `null` while there is no review. */
  readonly averageRating: number | null;
  readonly totalReviews: number;
  readonly createdAt: string;
}

/** Changes to one's own profile. What is left out stays; `null` clears a field that may be empty. */
export interface ProfilePatch {
  readonly name?: string | undefined;
  /** Creators only. */
  readonly companyName?: string | null | undefined;
  /** Talents only, like all below up to `availability`. */
  readonly professionalTitle?: string | null | undefined;
  /** At most 500 characters. */
  readonly bio?: string | null | undefined;
  /** At most 10, from the list that `users.skills` gives. */
  readonly skills?: readonly string[] | null | undefined;
  /** At most 5. */
  readonly portfolioLinks?: readonly string[] | null | undefined;
  /** US dollars an hour, 5.00 to 500.00. */
  readonly hourlyRate?: number | null | undefined;
  readonly availability?: Availability | null | undefined;
  readonly linkedinUrl?: string | null | undefined;
  readonly twitterUrl?: string | null | undefined;
  readonly instagramUrl?: string | null | undefined;
  readonly youtubeUrl?: string | null | undefined;
  readonly githubUrl?: string | null | undefined;
  /** A clean upload for an avatar; `users.setAvatar` does it all in one. */
  readonly avatarFileId?: string | null | undefined;
}

/** How an account is deleted. */
export interface DeleteAccount {
  /** The current password, as a confirmation. */
  readonly password: string;
  /** Delete although deliverables are still open. */
  readonly force?: boolean | undefined;
}

/** One entry of the list of skills. */
export interface Skill {
  readonly id: string;
  readonly name: string;
}

/** Every skill a profile can name. */
export interface SkillList {
  readonly skills: readonly Skill[];
}

/** Whom one has blocked. */
export interface BlockList {
  readonly users: readonly UserCard[];
}

/** Everything OnSwift holds about one user. */
export interface AccountExport {
  readonly exportedAt: string;
  readonly profile: Me;
  /** A creator's own projects. */
  readonly projects: readonly Project[];
  /** The teams a talent is or was on. */
  readonly memberships: readonly PastMembership[];
  /** A talent's tasks; a creator's those in their projects. */
  readonly tasks: readonly Task[];
  /** Submitted, or to be judged, with every version. */
  readonly deliverables: readonly DeliverableHistory[];
  readonly uploads: readonly Upload[];
  readonly conversations: readonly Conversation[];
  /** Those one wrote. */
  readonly messages: readonly Message[];
  readonly notifications: readonly Notification[];
  readonly notificationPreferences: NotificationPreferences["preferences"];
  readonly blockedUsers: readonly UserCard[];
}

/** A place on a team, as long as it lasted. */
export interface PastMembership {
  readonly projectId: string;
  readonly projectName: string;
  readonly role: string | null;
  readonly joinedAt: string;
  /** `null` while it lasts. */
  readonly removedAt: string | null;
}
