declare module 'ngeohash' {
  const geohash: { encode(latitude: number, longitude: number, characters?: number): string };
  export default geohash;
}
