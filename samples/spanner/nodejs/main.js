'use strict';

// Runs the sample: node main.js PROJECT INSTANCE DATABASE BACKUP

const {cancelBackup} = require('./backups-cancel.js');

const args = process.argv.slice(2);
if (args.length !== 4) {
  console.error('usage: node main.js PROJECT INSTANCE DATABASE BACKUP');
  process.exitCode = 2;
} else {
  cancelBackup(...args).catch(err => {
    console.error(err);
    process.exitCode = 1;
  });
}
