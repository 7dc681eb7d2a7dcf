/** A city as the old service stores it: flat, by its id. */
export interface City {
  readonly id: number;
  readonly name: string;
  readonly altName: string;
  readonly country: string;
  readonly featureCode: string;
  readonly adminCode: string;
  readonly population: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly muni?: string;
  readonly muniSub?: string;
}

/** The key of the old table is a number, those of the new one are strings; partition key first. */
export const cityTables = {
  cities: { keys: { id: 'N' } },
  places: { keys: { country: 'S', place: 'S' } },
} as const;
