using System.Runtime.InteropServices;
using System.Text;
using FastTrainLog.Files;
using FastTrainLog.Frontend;
using FastTrainLog.Platform;
using FastTrainLog.Records;
using FastTrainLog.Redaction;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Journals;

/// <summary>What a journal that a process left behind says of the loggers, call sites, runs and files of that process.</summary>
/// <remarks>Each description has a checksum. One that is damaged, or has impossible values, is skipped and reported.</remarks>
internal sealed class JournalDescriptions
{
    private const int PrefixBytes = 2 * sizeof(uint);

    private readonly List<string> _problems;

    /// <param name="file">The journal.</param>
    /// <param name="start">Where the descriptions begin.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public JournalDescriptions(SafeFileHandle file, long start, List<string> problems)
    {
        _problems = problems;
        byte[] prefix = new byte[PrefixBytes];
        for (long at = 0; at + PrefixBytes <= JournalLayout.DescriptionBytes;)
        {
            if (RandomAccess.Read(file, prefix, start + at) < PrefixBytes || MemoryMarshal.Read<uint>(prefix) is not (> 0 and var length))
            {
                return;
            }

            if (length > JournalLayout.DescriptionBytes - at - PrefixBytes)
            {
                problems.Add($"the descriptions are damaged at byte {at}: one has the invalid length of {length} bytes; what follows is lost");
                return;
            }

            byte[] bytes = new byte[length];
            if (RandomAccess.Read(file, bytes, start + at + PrefixBytes) < bytes.Length || Crc32C.Of(bytes) != MemoryMarshal.Read<uint>(prefix.AsSpan(sizeof(uint))))
            {
                problems.Add($"the description at byte {at} is damaged: its checksum is wrong");
            }
            else if (!TryRead(bytes))
            {
                problems.Add($"the description at byte {at} cannot be read, although it is complete: another version of FastTrainLog wrote it");
            }

            at += (PrefixBytes + length + 7) & ~7L;
        }
    }

    /// <summary>Gets the categories of the loggers.</summary>
    public Dictionary<int, string> Categories { get; } = [];

    /// <summary>Gets the runs of those loggers that have one.</summary>
    public Dictionary<int, RunContext> LoggerRuns { get; } = [];

    /// <summary>Gets the runs.</summary>
    public Dictionary<int, RunContext> Runs { get; } = [];

    /// <summary>Gets the call sites.</summary>
    public Dictionary<int, CallSite> Sites { get; } = [];

    /// <summary>Gets what is masked in texts; null if that is not described.</summary>
    public ScrubRules? Scrubbed { get; private set; }

    /// <summary>Gets the files.</summary>
    public Dictionary<int, LogFileDescription> Files { get; } = [];

    private bool TryRead(byte[] bytes)
    {
        try
        {
            Read(bytes);
            return true;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or FormatException or OverflowException or InvalidDataException)
        {
            return false;
        }
    }

    private void Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        var kind = (DescriptionKind)reader.ReadByte();
        int id = reader.ReadInt32();
        switch (kind)
        {
            case DescriptionKind.Logger:
                Categories[id] = reader.ReadString();
                // If the description of a run is damaged, its records lose only the run's name.
                if (Runs.TryGetValue(reader.ReadInt32(), out RunContext? run))
                {
                    LoggerRuns[id] = run;
                }

                break;
            case DescriptionKind.Run:
                Runs[id] = new RunContext(id, reader.ReadString(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt64());
                break;
            case DescriptionKind.RunEnd:
                if (Runs.TryGetValue(id, out RunContext? ended))
                {
                    ended.EndTicks = reader.ReadInt64();
                }

                break;
            case DescriptionKind.File:
                Files[id] = new LogFileDescription(reader.ReadString(), reader.ReadString(), reader.ReadBoolean(), (LogFileRecords)reader.ReadByte(), ReadStrings(reader));
                break;
            case DescriptionKind.CallSite:
                Sites[id] = ReadCallSite(reader);
                break;
            case DescriptionKind.Scrubbing:
                Scrubbed = new ScrubRules(id != 0, reader.ReadString());
                break;
            default:
                _problems.Add($"a description is of the unknown kind {(byte)kind}");
                break;
        }
    }

    private static CallSite ReadCallSite(BinaryReader reader)
    {
        var level = (LogLevel)reader.ReadInt32();
        int eventId = reader.ReadInt32();
        string eventName = reader.ReadString();
        string template = reader.ReadString();
        bool isFormatted = reader.ReadBoolean();
        var arguments = new CallSiteArgument[ReadCount(reader)];
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = reader.ReadString();
            var kind = (ArgumentKind)reader.ReadByte();
            bool isNullable = reader.ReadBoolean();
            EnumNames? names = ReadEnumNames(reader);
            arguments[i] = Enum.IsDefined(kind) && (kind != ArgumentKind.Enum || names is not null) ? new CallSiteArgument(name, kind, isNullable, names) : throw new InvalidDataException();
        }

        var site = new CallSite(new EventId(eventId, eventName), level, template, arguments, isFormatted);
        return IsOneThatIsRead(site) ? site : throw new InvalidDataException();
    }

    private static EnumNames? ReadEnumNames(BinaryReader reader)
    {
        if (!reader.ReadBoolean())
        {
            return null;
        }

        bool isFlags = reader.ReadBoolean();
        bool isSigned = reader.ReadBoolean();
        int size = reader.ReadInt32();
        int members = ReadCount(reader);
        string[] names = new string[members];
        ulong[] values = new ulong[members];
        for (int i = 0; i < members; i++)
        {
            names[i] = reader.ReadString();
            values[i] = reader.ReadUInt64();
        }

        return new EnumNames(names, values, isFlags, isSigned, size is 1 or 2 or 4 or 8 ? size : throw new InvalidDataException());
    }

    private static string[] ReadStrings(BinaryReader reader)
    {
        string[] strings = new string[ReadCount(reader)];
        for (int i = 0; i < strings.Length; i++)
        {
            strings[i] = reader.ReadString();
        }

        return strings;
    }

    // Each counted item takes at least one byte.
    private static int ReadCount(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        return count >= 0 && count <= reader.BaseStream.Length - reader.BaseStream.Position ? count : throw new InvalidDataException();
    }

    // The reader of a record of one of our call sites relies on the arguments that we declared.
    private static bool IsOneThatIsRead(CallSite site) =>
        site.IsFormatted ? site.Level == CallSite.LevelInRecord && site.HasArgumentsOf(FormattedSite.Site)
        : site.Level == CallSite.ContextLevel ? site.HasArgumentsOf(ContextSite.Site)
        : site.Level == CallSite.LevelInRecord ? site.Arguments is [{ Kind: ArgumentKind.Byte, IsNullable: false }, ..]
        : site.Level is >= LogLevel.Trace and <= LogLevel.Critical;
}
