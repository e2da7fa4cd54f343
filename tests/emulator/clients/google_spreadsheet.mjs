// google-spreadsheet for Node, one step per feature, against the emulator at the address given.
// Prints {"step": "why it failed, or nothing"}.
import assert from 'node:assert/strict';
import {GoogleSpreadsheet} from 'google-spreadsheet';

const emulator = process.argv[2];
const fetchAnywhere = globalThis.fetch;
const toEmulator = url => url.replace(/https:\/\/(sheets\.googleapis|www\.googleapis|docs\.google)\.com/, emulator);
globalThis.fetch = async (request, options) => {
  if (!(request instanceof Request)) return fetchAnywhere(toEmulator(String(request)), options);
  const body = ['GET', 'HEAD'].includes(request.method) ? undefined : await request.text();
  return fetchAnywhere(toEmulator(request.url), {method: request.method, headers: request.headers, body});
};

const auth = {token: 'anything'};
const outcomes = {};
const step = async (name, work) => {
  try {
    await work();
    outcomes[name] = '';
  } catch (error) {
    outcomes[name] = error.message || String(error);
  }
};

const doc = await GoogleSpreadsheet.createNewSpreadsheetDocument(auth, {title: 'Node'});
let sheet;
await step('load the document', async () => {
  await doc.loadInfo();
  assert.equal(doc.title, 'Node');
});
await step('update the document', async () => {
  await doc.updateProperties({title: 'Renamed', timeZone: 'Europe/Paris'});
  assert.equal(doc.title, 'Renamed');
});
await step('add a sheet with headers', async () => {
  const gridProperties = {rowCount: 50, columnCount: 10, frozenRowCount: 1};
  sheet = await doc.addSheet({title: 'Rows', headerValues: ['a', 'b', 'c'], gridProperties});
  assert.equal(sheet.title, 'Rows');
});
await step('add rows', async () => {
  const added = await sheet.addRows([{a: 1, b: 'x', c: '=A2*2'}, {a: 2, b: 'y', c: '=A3*2'}]);
  assert.equal(added.length, 2);
  assert.equal((await sheet.getRows())[1].get('c'), '4');
});
await step('save a row', async () => {
  const [row] = await sheet.getRows();
  row.set('b', 'new');
  await row.save();
  assert.equal((await sheet.getRows())[0].get('b'), 'new');
});
await step('delete a row', async () => {
  await (await sheet.getRows())[0].delete();
  assert.equal((await sheet.getRows()).length, 1);
});
await step('insert a row', async () => {
  await sheet.addRow({a: 9, b: 9, c: 9}, {insert: true});
  assert.equal((await sheet.getRows()).length, 2);
});
await step('write cells of every kind', async () => {
  await sheet.loadCells('A1:D6');
  sheet.getCell(4, 0).value = 5;
  const formula = sheet.getCellByA1('B5');
  formula.formula = '=A5+1';
  sheet.getCellByA1('C5').boolValue = true;
  const text = sheet.getCellByA1('D5');
  Object.assign(text, {value: 'text', note: 'a note'});
  text.textFormat = {bold: true};
  text.backgroundColor = {red: 1, green: 0, blue: 0};
  await sheet.saveUpdatedCells();
  assert.equal(formula.value, 6);
  sheet.resetLocalCache(true);
  await sheet.loadCells(['A5:D5']);
  const again = sheet.getCellByA1('D5');
  assert.deepEqual([again.note, again.textFormat.bold], ['a note', true]);
  assert.equal(sheet.getCellByA1('B5').formula, '=A5+1');
});
await step('read an error', async () => {
  const cell = sheet.getCellByA1('A5');
  cell.formula = '=1/0';
  await sheet.saveUpdatedCells();
  assert.equal(cell.errorValue.type, 'DIVIDE_BY_ZERO');
});
await step('empty a cell', async () => {
  const cell = sheet.getCellByA1('A5');
  cell.value = null;
  await sheet.saveUpdatedCells();
  assert.equal(cell.value, null);
});
await step('read a link', async () => {
  const cell = sheet.getCellByA1('A5');
  cell.formula = '=HYPERLINK("https://example.com/","x")';
  await sheet.saveUpdatedCells();
  assert.equal(cell.hyperlink, 'https://example.com/');
});
await step('resize', async () => {
  await sheet.resize({rowCount: 60, columnCount: 12});
  assert.equal(sheet.rowCount, 60);
});
await step('rename a sheet', async () => {
  await sheet.updateProperties({title: 'Named', hidden: false});
  assert.equal(sheet.title, 'Named');
});
await step('widths and inserted rows', async () => {
  await sheet.updateDimensionProperties('COLUMNS', {pixelSize: 77}, {startIndex: 0, endIndex: 2});
  await sheet.insertDimension('ROWS', {startIndex: 3, endIndex: 4}, true);
});
await step('set headers', async () => {
  await sheet.setHeaderRow(['q', 'w', 'e']);
  await sheet.loadHeaderRow();
  assert.deepEqual(sheet.headerValues.slice(0, 3), ['q', 'w', 'e']);
});
await step('merge and unmerge', async () => {
  const box = {startRowIndex: 10, endRowIndex: 12, startColumnIndex: 0, endColumnIndex: 2};
  await sheet.mergeCells(box);
  await sheet.unmergeCells(box);
});
await step('set a validation', async () => {
  await sheet.setDataValidation(
    {startRowIndex: 20, endRowIndex: 22, startColumnIndex: 0, endColumnIndex: 1}, {condition: {type: 'BOOLEAN'}});
});
await step('clear rows', async () => {
  await sheet.clearRows();
  assert.equal((await sheet.getRows()).length, 0);
});
await step('clear a range', () => sheet.clear('A1:B2'));
await step('duplicate a sheet', async () => {
  await sheet.duplicate({title: 'Twin'});
  assert(doc.sheetsByTitle.Twin);
});
await step('copy to another document', async () => {
  const other = await GoogleSpreadsheet.createNewSpreadsheetDocument(auth, {title: 'Other'});
  await sheet.copyToSpreadsheet(other.spreadsheetId);
  await other.loadInfo();
  assert.equal(other.sheetCount, 2);
  await other.delete();
});
await step('name a range', async () => {
  await doc.addNamedRange('named', {sheetId: sheet.sheetId, startRowIndex: 0, endRowIndex: 2});
  await doc.loadInfo();
});
await step('protect a range', async () => {
  const {protectedRange: {protectedRangeId}} = await sheet.addProtectedRange({range: {sheetId: sheet.sheetId}});
  await sheet.deleteProtectedRange(protectedRangeId);
});
const text = async bytes => new TextDecoder().decode(await bytes);
await step('download CSV', async () => {
  await sheet.loadCells('A1:B2');
  sheet.getCell(0, 0).value = 'a,b';
  sheet.getCell(0, 1).value = 1;
  await sheet.saveUpdatedCells();
  assert.match(await text(sheet.downloadAsCSV()), /^"a,b",1/);
});
await step('download TSV', async () => assert.match(await text(sheet.downloadAsTSV()), /^a,b\t1/));
await step('download XLSX', async () => assert((await doc.downloadAsXLSX()).byteLength > 1000));
await step('share', async () => {
  await doc.share('a@example.com', {role: 'writer'});
  const permissions = await doc.listPermissions();
  assert.equal(permissions.length, 2);
  await doc.deletePermission(permissions.find(one => one.role === 'writer').id);
});
await step('public access', async () => {
  await doc.setPublicAccessLevel('reader');
  await doc.setPublicAccessLevel(false);
});
await step('delete a sheet', async () => {
  await sheet.delete();
  assert(!doc.sheetsByTitle.Named);
});
await step('delete the document', () => doc.delete());
console.log(JSON.stringify(outcomes));
