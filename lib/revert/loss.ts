/** What taking a change back does not bring back, or what may keep it from being taken back. */
export interface Loss {
  id: string;
  text: string;
}
