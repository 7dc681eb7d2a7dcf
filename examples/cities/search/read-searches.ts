import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type CitySearch, type Found, indexedSearch, linearSearch, type SearchablePlace } from './city-search.ts';

export interface Searches {
  readonly searches: { readonly off: CitySearch; readonly on: CitySearch };
  /** Records behind each. */
  readonly cities: number;
  readonly places: number;
}

/** Reads both tables into memory: the old one as the old service knows it, the new one as the migration left it. */
export async function readSearches(endpoint: string): Promise<Searches> {
  const credentials = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  try {
    const cities = await readAll<Found>(client, 'cities', ['id', 'name', 'country', 'population']);
    const places = await readAll<SearchablePlace>(client, 'places', ['country', 'place', 'name', 'search', 'population']);
    const searches = { off: linearSearch(cities), on: indexedSearch(places) };
    return { searches, cities: cities.length, places: places.length };
  } finally {
    client.destroy();
  }
}

async function readAll<T>(client: DynamoDBClient, TableName: string, attributes: readonly string[]): Promise<T[]> {
  const names = Object.fromEntries(attributes.map((name, index) => [`#${index}`, name]));
  const projection = { ExpressionAttributeNames: names, ProjectionExpression: Object.keys(names).join(', ') };
  const records: T[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ...projection }))
    for (const item of Items) records.push(unmarshall(item) as T);
  return records;
}
