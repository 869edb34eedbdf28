export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  
  "api": {
          Tables: {
            [_ in never]: never
          }
          Views: {
            [_ in never]: never
          }
          Functions: {
            "add_team_member":
{ Args: { "projectId"?: string,"role"?: string,"userId"?: string }; Returns: Json
                           },
"create_project":
{ Args: { "description"?: string,"dueDate"?: string,"name"?: string }; Returns: Json
                           },
"create_task":
{ Args: { "assigneeId"?: string,"description"?: string,"dueDate"?: string,"name"?: string,"projectId"?: string }; Returns: Json
                           },
"delete_me":
{ Args: { "force"?: boolean,"password"?: string }; Returns: Json
                           },
"delete_project":
{ Args: { "projectId"?: string }; Returns: undefined
                           },
"delete_task":
{ Args: { "projectId"?: string,"taskId"?: string }; Returns: undefined
                           },
"export_me":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"get_me":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"get_project":
{ Args: { "projectId"?: string }; Returns: Json
                           },
"get_task":
{ Args: { "projectId"?: string,"taskId"?: string }; Returns: Json
                           },
"get_user":
{ Args: { "userId"?: string }; Returns: Json
                           },
"list_project_tasks":
{ Args: { "assigneeId"?: string,"limit"?: number,"page"?: number,"projectId"?: string,"sort"?: string,"status"?: string }; Returns: Json
                           },
"list_projects":
{ Args: { "limit"?: number,"page"?: number,"sort"?: string,"status"?: string }; Returns: Json
                           },
"list_skills":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"list_tasks":
{ Args: { "assigneeId"?: string,"dueFrom"?: string,"dueTo"?: string,"limit"?: number,"page"?: number,"projectId"?: string,"sort"?: string,"status"?: string }; Returns: Json
                           },
"remove_team_member":
{ Args: { "projectId"?: string,"userId"?: string }; Returns: undefined
                           },
"update_me":
{ Args: { "patch"?: Json }; Returns: Json
                           },
"update_project":
{ Args: { "patch"?: Json,"projectId"?: string }; Returns: Json
                           },
"update_task":
{ Args: { "patch"?: Json,"projectId"?: string,"taskId"?: string }; Returns: Json
                           },
"verify_email":
{ Args: { "token"?: string }; Returns: Json
                           }
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            [_ in never]: never
          }
        },"public": {
          Tables: {
            "profiles": {
                  Row: {
                    "availability": string | null,"avatar_url": string | null,"average_rating": number | null,"bio": string | null,"company_name": string | null,"created_at": string,"deleted_at": string | null,"github_url": string | null,"hourly_rate": number | null,"id": string,"instagram_url": string | null,"linkedin_url": string | null,"name": string,"portfolio_links": (string)[],"professional_title": string | null,"profile_completion_percentage": number,"skills": (string)[],"total_reviews": number,"twitter_url": string | null,"updated_at": string,"user_type": string,"youtube_url": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "availability"?: string | null,"avatar_url"?: string | null,"average_rating"?: number | null,"bio"?: string | null,"company_name"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"github_url"?: string | null,"hourly_rate"?: number | null,"id": string,"instagram_url"?: string | null,"linkedin_url"?: string | null,"name": string,"portfolio_links"?: (string)[],"professional_title"?: string | null,"profile_completion_percentage"?: never,"skills"?: (string)[],"total_reviews"?: number,"twitter_url"?: string | null,"updated_at"?: string,"user_type": string,"youtube_url"?: string | null
                  }
                  Update: {
                    "availability"?: string | null,"avatar_url"?: string | null,"average_rating"?: number | null,"bio"?: string | null,"company_name"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"github_url"?: string | null,"hourly_rate"?: number | null,"id"?: string,"instagram_url"?: string | null,"linkedin_url"?: string | null,"name"?: string,"portfolio_links"?: (string)[],"professional_title"?: string | null,"profile_completion_percentage"?: never,"skills"?: (string)[],"total_reviews"?: number,"twitter_url"?: string | null,"updated_at"?: string,"user_type"?: string,"youtube_url"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"project_members": {
                  Row: {
                    "id": string,"joined_at": string,"project_id": string,"removed_at": string | null,"role": string | null,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "id"?: string,"joined_at"?: string,"project_id": string,"removed_at"?: string | null,"role"?: string | null,"user_id": string
                  }
                  Update: {
                    "id"?: string,"joined_at"?: string,"project_id"?: string,"removed_at"?: string | null,"role"?: string | null,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "project_members_project_id_fkey"
      columns: ["project_id"]
isOneToOne: false
      referencedRelation: "projects"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "project_members_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"projects": {
                  Row: {
                    "archived_at": string | null,"completed_at": string | null,"completed_task_count": number,"created_at": string,"creator_id": string,"deleted_at": string | null,"description": string,"due_date": string,"id": string,"name": string,"status": string,"task_count": number,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "archived_at"?: string | null,"completed_at"?: string | null,"completed_task_count"?: number,"created_at"?: string,"creator_id"?: string,"deleted_at"?: string | null,"description": string,"due_date": string,"id"?: string,"name": string,"status"?: string,"task_count"?: number,"updated_at"?: string
                  }
                  Update: {
                    "archived_at"?: string | null,"completed_at"?: string | null,"completed_task_count"?: number,"created_at"?: string,"creator_id"?: string,"deleted_at"?: string | null,"description"?: string,"due_date"?: string,"id"?: string,"name"?: string,"status"?: string,"task_count"?: number,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "projects_creator_id_fkey"
      columns: ["creator_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"skills": {
                  Row: {
                    "id": string,"name": string
                  }
                  ComputedFields: never
                  Insert: {
                    "id"?: string,"name": string
                  }
                  Update: {
                    "id"?: string,"name"?: string
                  }
                  Relationships: [
                    
                  ]
                },"tasks": {
                  Row: {
                    "assignee_id": string | null,"completed_at": string | null,"created_at": string,"deleted_at": string | null,"description": string,"due_date": string,"id": string,"name": string,"project_id": string,"status": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "assignee_id"?: string | null,"completed_at"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"description"?: string,"due_date": string,"id"?: string,"name": string,"project_id": string,"status"?: string,"updated_at"?: string
                  }
                  Update: {
                    "assignee_id"?: string | null,"completed_at"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"description"?: string,"due_date"?: string,"id"?: string,"name"?: string,"project_id"?: string,"status"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "tasks_assignee_id_fkey"
      columns: ["assignee_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "tasks_project_id_fkey"
      columns: ["project_id"]
isOneToOne: false
      referencedRelation: "projects"
      referencedColumns: ["id"]
    }
                  ]
                }
          }
          Views: {
            [_ in never]: never
          }
          Functions: {
            [_ in never]: never
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            [_ in never]: never
          }
        }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
  ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R
    }
    ? R
    : never
  : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I
    }
    ? I
    : never
  : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U
    }
    ? U
    : never
  : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
  ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
  ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never

export const Constants = {
  "api": {
          Enums: {
            
          }
        },"public": {
          Enums: {
            
          }
        }
} as const
