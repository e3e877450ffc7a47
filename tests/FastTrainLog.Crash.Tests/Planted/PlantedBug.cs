namespace FastTrainLog.Crash.Tests.Planted;

/// <summary>A bug that the tests of crashes must find: a change of the library's source.</summary>
/// <param name="Name">What is wrong then.</param>
/// <param name="File">The file, in the folder of the library.</param>
/// <param name="Original">What is there, once.</param>
/// <param name="Replacement">What takes its place.</param>
/// <param name="Finder">The tests that find it.</param>
internal sealed record PlantedBug(string Name, string File, string Original, string Replacement, string Finder)
{
    /// <summary>Gets all of them.</summary>
    public static IReadOnlyList<PlantedBug> All { get; } =
    [
        new("no flush before a checkpoint", "Backend/BackendLoop.cs", "route.Flush(isAsked: _flush is not null || _stopping);", "_ = route;", "KillCampaignTests"),
        new("a checkpoint before the flush", "Backend/BackendLoop.cs", "        foreach (SinkRoute route in _routes)\n        {\n            route.Flush(", "        if (_journal is not null)\n        {\n            WriteCheckpoint(_journal);\n        }\n\n        foreach (SinkRoute route in _routes)\n        {\n            route.Flush(", "KillCampaignTests"),
        new("a checkpoint that says 4096 bytes more than a file has", "Backend/CheckpointedFiles.cs", "new CheckpointedFile(file.Length, ", "new CheckpointedFile(file.Length + 4096, ", "KillCampaignTests"),
        new("pages given back before the checkpoint", "Backend/BackendLoop.cs", "        journal.Commit(checkpoint, _clock);", "        foreach (Page page in _done)\n        {\n            _pipeline.Return(page);\n        }\n\n        _done.Clear();\n        journal.Commit(checkpoint, _clock);", "JournalOrderTests"),
        new("a rotation that is not noted before it begins", "Sinks/RollingFile.cs", "        _history?.BeginRotation(Rotations + 1);", "        _history?.BeginRotation(Rotations);", "KillCampaignTests"),
        new("a rotation that is not noted when it ends", "Sinks/RollingFile.cs", "        _history?.EndRotation(Rotations);", "        _history?.EndRotation(Rotations - 1);", "KillCampaignTests"),
        new("a write that is not noted before it begins", "Sinks/RollingFile.cs", "        _history?.BeginWrite(Length + bytes.Length);\n        try\n        {\n            RandomAccess.Write(_handle!, bytes, Length);", "        try\n        {\n            RandomAccess.Write(_handle!, bytes, Length);\n            _history?.BeginWrite(Length + bytes.Length);", "CutWriteTests"),
        new("a search for written records that begins too late in a file", "Recovery/FileRestoration.cs", "place == checkpointed ? since.Length : 0", "place == checkpointed ? since.Length + 4096 : 0", "KillCampaignTests"),
        new("the same record found for several equal lines", "Recovery/WrittenRecords.cs", "        candidates.RemoveAt(found);", "        _ = candidates;", "KillCampaignTests"),
        new("a journal deleted before the files are written", "Recovery/JournalRecovery.cs", "            files.Finish();\n", "            journal.Delete();\n            files.Finish();\n", "KillCampaignTests"),
        new("a line of another program behind an unfinished write taken for the process's own", "Recovery/FileRestoration.cs", "|| FileEnd.IsEndOfLine(directory.PathOf(name), found.Length)", "|| found.Length < 0", "JournalDamageTests"),
        new("a log that is not noted when a recovery takes its names over", "Sinks/LogDirectoryClaim.cs", "        if (_note.IsOpen && _note.Log != log)", "        if (_note.IsOpen && _note.Log == default)", "KillCampaignTests"),
        new("a failed write of which a part stays", "Sinks/RollingFile.cs", "                RandomAccess.SetLength(_handle!, Length);", "                _ = length;", "KillCampaignTests"),
        new("dropped records of which the journal says that they are told before the file does", "Journals/DropRows.cs", "            _told[RowOf(category, level)] += count;", "            int told = RowOf(category, level);\n            rows[told].Told0 = rows[told].Told1 = _told[told] += count;", "DropCountTests"),
        new("dropped records that are counted for the process alone", "Frontend/DropCount.cs", "            Interlocked.Increment(ref *kept);", "            _ = *kept;", "DropCountTests"),
        new("a page that is handed to a thread before the journal names it", "Backend/ThreadReader.cs", "            page.Open(Buffer, last.Sequence + 1);", "            page.Open(Buffer, last.Sequence + 1);\n            page.MarkFree();", "KillCampaignTests"),
        new("a checkpoint that covers the page that a thread was handed", "Backend/BackendLoop.cs", "                checkpoint.AddPage(page, reader.Consumed);", "                checkpoint.AddPage(page, reader.Consumed);\n                if (page.Next is { } handed)\n                {\n                    checkpoint.AddPage(handed, CheckpointWriter.WholePage);\n                }", "KillCampaignTests"),
        new("a recovery that skips the page after one that the files have in part", "Journals/JournalPages.cs", "                    Collect(page, consumed, records, ref lastTicks);", "                    Collect(page, consumed, records, ref lastTicks);\n                    if (consumed > 0)\n                    {\n                        break;\n                    }", "KillCampaignTests"),
        new("a page that is given back while the journal names it", "Frontend/PagePool.cs", "        page.MarkFree();\n        lock", "        lock", "KillCampaignTests"),
        new("a journal of another boot that is trusted", "Recovery/MeantFiles.cs", "if (_image.IsOfAnotherBoot)", "if (_image.IsOfAnotherBoot && _image.Path.Length == 0)", "PowerLossTests"),
        new("a directory that is not synced with its files", "Sinks/DiskSync.cs", "            RandomAccess.FlushToDisk(directory);", "            _ = directory;", "PowerLossTests"),
        new("a rotated file that is not synced", "Sinks/DiskSync.cs", "number <= file.Rotations - _synced.Rotations + 1", "number <= 0", "PowerLossTests"),
        new("a critical record that waits for the next sync", "Sinks/DiskSync.cs", "_isCritical |= record.Level == LogLevel.Critical;", "_isCritical |= record.Level > LogLevel.Critical;", "TroubledDiskTests"),
        new("a journal that is mapped from FUSE", "Files/FileSystem.cs", "Smb2 or Fuse or", "Smb2 or Fuse + 1 or", "TroubledDiskTests"),
        new("an end of the log that waits for its files however long", "Backend/BackendLoop.cs", "bool ended = _ended.Wait(timeout);", "bool ended = _ended.Wait(Timeout.InfiniteTimeSpan);", "TroubledDiskTests"),
        new("a compressed file that is not synced before it replaces the plain one", "Sinks/BackupKeeper.cs", "target.Flush(flushToDisk: true);", "target.Flush();", "PowerLossTests"),
    ];

    public override string ToString() => Name;
}
