export {
  decodedEntries as topStructs,
  decodedObjects as allStructs,
  entriesOf,
} from './decoded-entries.ts';
export {
  type DecodedObject as Struct,
  decodeObject as readStruct,
  repeatedMembers,
  scalarAt,
  valueAt,
} from './decoded-object.ts';
