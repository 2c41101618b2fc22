export interface Org {
  id: string;
  plan: string;
}
