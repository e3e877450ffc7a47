using System.Buffers;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Dashboard.Answers;
using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Dashboard.Series;
using FastTrainLog.Indexing;
using FastTrainLog.Queries;
using FastTrainLog.Reading;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Dashboard.Records;

/// <summary>A page of a run's records: those before or behind a place, with the filters of <c>tail</c>.</summary>
internal sealed class RecordAnswer(LogCatalog catalog)
{
    private const int MostRecords = 500;
    private const int DefaultRecords = 100;

    // What a request may read of a log before it answers with what it has.
    private const long MostRead = 48 << 20;

    public void Write(HttpRequest request, IBufferWriter<byte> output)
    {
        string key = RequestFields.Text(request, "run") ?? throw RequestFields.Invalid("'run' is missing: give the key of a run.");
        DashboardRun run = catalog.Current(request.HttpContext.RequestAborted).Require(key);
        int limit = (int)RequestFields.Integer(request, "limit", DefaultRecords, 1, MostRecords);
        string direction = RequestFields.Text(request, "direction") ?? "older";
        if (direction is not ("older" or "newer"))
        {
            throw RequestFields.Invalid($"'direction' is '{direction}'; it must be 'older' or 'newer'.");
        }

        Page page = Read(run, request, limit, direction == "newer", PlacesOf(run, request));
        using Utf8JsonWriter json = AnswerWriter.Open(output);
        json.WriteStartObject();
        json.WriteString("cursor", LogPlace.Text(page.Places));
        json.WriteString("start", LogPlace.Text(page.From));
        json.WriteBoolean("is_end", page.IsEnd);
        json.WriteBoolean("is_incomplete", page.IsIncomplete);
        json.WriteStartArray("records");
        foreach (FoundRecord record in page.Records)
        {
            record.Write(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static List<(LogChain Chain, LogPlace? Place)> PlacesOf(DashboardRun run, HttpRequest request)
    {
        string? cursor = RequestFields.Cursor(request);
        long step = RequestFields.Integer(request, "step", long.MinValue);
        Dictionary<string, LogPlace>? places = cursor is null ? null : LogPlace.Parse(cursor);
        DateTime? time = step == long.MinValue ? null : ShownSeries.Use(run, rank: null, IndexedSeries.Times, series => TimeOf(series.FirstFrom(step)))
            ?? throw new Access.RequestRefusedException(StatusCodes.Status404NotFound, $"The run has no step {step} or later.");
        var found = new List<(LogChain Chain, LogPlace? Place)>();
        foreach (WatchedLog watched in run.Ranks.Select(rank => rank.Log).Distinct())
        {
            string directory = watched.Directory;
            RecordQuery query = QueryOf(request, new RunSelection(run.Figures.Name));
            LinePlan? plan = (query.Category ?? query.Event ?? (object?)query.Level) is not null ? watched.LinesOf(query.Selection) : null;
            LinePlan? late = time is { } from ? watched.LinesOf(new LineSelection(static _ => true, static _ => true) { FirstTicks = from.Ticks - LogChain.RoundingTicks }) : null;
            foreach (IGrouping<int, LogFile> log in LogFile.Find(directory).GroupBy(file => file.Log))
            {
                var chain = new LogChain($"{XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{directory}/{log.Key}")):x16}"[..8], log, plan);
                LogPlace? place = time is { } at ? chain.At(at, step, late)
                    : places is null ? chain.End
                    // A log that began after the cursor was made is newer as a whole; and so is one whose file of the cursor has been deleted.
                    : places.TryGetValue(chain.Name, out LogPlace known) && chain.Has(known) ? known : chain.Start;
                found.Add((chain, place));
            }
        }

        return found;
    }

    private static DateTime? TimeOf(IndexedBucket? logged) => logged is { } times ? DateTime.UnixEpoch.AddSeconds(times.Minimum) : null;

    private static Page Read(DashboardRun run, HttpRequest request, int limit, bool newer, List<(LogChain Chain, LogPlace? Place)> logs)
    {
        var taken = new List<FoundRecord>();
        var ends = new Dictionary<string, LogPlace>();
        bool isEnd = true;
        bool isIncomplete = false;
        foreach ((LogChain chain, LogPlace? place) in logs)
        {
            if (place is not { } start)
            {
                continue;
            }

            ends[chain.Name] = start;
            var selection = new RunSelection(run.Figures.Name);
            RecordQuery query = QueryOf(request, selection);
            var table = new RecordTable();
            var names = new NameTable();
            long read = 0;
            int count = 0;
            LogPlace last = start;
            foreach ((LogPlace next, LogFile file, byte[] line) in newer ? chain.Newer(start) : chain.Older(start))
            {
                if (count == limit || read > MostRead)
                {
                    isEnd = false;
                    isIncomplete |= count < limit;
                    break;
                }

                read += line.Length;
                last = next;
                ReadOnlySpan<byte> json = LineReader.WithoutMarks(line);
                if (table.Read(json) is null)
                {
                    var record = new StoredRecord(table, names, json, file, 0);
                    if (query.Takes(record, out RunName name))
                    {
                        taken.Add(FoundRecord.Of(next, record, name));
                        count++;
                    }
                }
            }

            // Where nothing was found the next page goes on from as far as was read; else from the last record that the page has.
            if (count == 0)
            {
                ends[chain.Name] = last;
            }
        }

        IEnumerable<FoundRecord> inOrder = newer ? taken.OrderBy(record => record.Time) : taken.OrderByDescending(record => record.Time);
        FoundRecord[] page = [.. inOrder.Take(limit)];
        isEnd &= page.Length == taken.Count;
        foreach (FoundRecord record in page)
        {
            ends[record.Place.Log] = record.Place;
        }

        return new Page(page, ends.Values, [.. logs.Where(log => log.Place is not null).Select(log => log.Place!.Value)], isEnd, isIncomplete);
    }

    private static RecordQuery QueryOf(HttpRequest request, RunSelection run) => new()
    {
        Category = RequestFields.Text(request, "category"),
        Event = RequestFields.Text(request, "event"),
        Text = RequestFields.Text(request, "text"),
        Level = RequestFields.Text(request, "level") is not { } level ? null
            : Enum.TryParse(level, ignoreCase: true, out LogLevel known) && !char.IsAsciiDigit(level[0]) && known != LogLevel.None ? known
            : throw RequestFields.Invalid($"'level' is '{level}'; use trace, debug, information, warning, error or critical."),
        Run = run,
    };

    /// <summary>A page of records.</summary>
    private sealed record Page(IReadOnlyList<FoundRecord> Records, IEnumerable<LogPlace> Places, IReadOnlyList<LogPlace> From, bool IsEnd, bool IsIncomplete);
}
