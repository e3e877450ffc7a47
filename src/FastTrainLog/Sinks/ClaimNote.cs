using System.Globalization;
using System.Text;
using FastTrainLog.Platform;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Sinks;

/// <summary>The content of the hidden file by which a log claims its names: the log that has or had them last, and the logs that had not ended when another took the names over.</summary>
internal sealed class ClaimNote
{
    private const string FirstLine = "FastTrainLog claim 2";
    private const string LastLine = "end";
    private const int MostBytes = 1 << 20;
    private const int LeastBytes = 4096;
    private const int MostLeft = 32;

    /// <summary>Gets or sets the log that has or had the names last; empty if none left a journal.</summary>
    public Guid Log { get; set; }

    /// <summary>Gets or sets whether it has a journal: it is running, was killed, or could not write everything.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Gets or sets its process.</summary>
    public int ProcessId { get; set; }

    /// <summary>Gets or sets the machine of the process.</summary>
    public Machine Machine { get; set; } = new(string.Empty, string.Empty);

    /// <summary>Gets the logs that had not ended when another took the names over.</summary>
    public List<LeftLog> Left { get; } = [];

    /// <summary>Reads a note; an empty one if there is none that can be read.</summary>
    public static ClaimNote Read(SafeFileHandle file)
    {
        byte[] bytes = new byte[Math.Min(RandomAccess.GetLength(file), MostBytes)];
        int read = RandomAccess.Read(file, bytes, 0);
        var note = new ClaimNote();
        try
        {
            return note.TryParse(Encoding.UTF8.GetString(bytes, 0, read).Split('\n')) ? note : new ClaimNote();
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or IndexOutOfRangeException)
        {
            return new ClaimNote();
        }
    }

    /// <summary>Writes the note.</summary>
    public void Write(SafeFileHandle file)
    {
        // At least one block, and never shorter than before: overwriting needs no space on a full disk.
        string text = ToText();
        byte[] bytes = Encoding.UTF8.GetBytes(text.PadRight(LeastBytes));
        RandomAccess.Write(file, bytes, 0);
    }

    /// <summary>Adds the log that has the names to those that had not ended.</summary>
    public LeftLog AddLeft()
    {
        var last = new LeftLog(Log, ProcessId, Machine);
        AddLeft(last);
        return last;
    }

    /// <summary>Adds a log that had not ended.</summary>
    public void AddLeft(LeftLog log)
    {
        Left.Add(log);
        if (Left.Count > MostLeft)
        {
            Left.RemoveAt(0);
        }
    }

    private string ToText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{FirstLine}\nlog {Log:N} {(IsOpen ? "open" : "ended")} {ProcessId} {Uri.EscapeDataString(Machine.Host)}:{Uri.EscapeDataString(Machine.Boot)}\n");
        foreach (LeftLog left in Left)
        {
            text.Append(CultureInfo.InvariantCulture, $"left {left.Log:N} {left.ProcessId} {Uri.EscapeDataString(left.Machine.Host)}:{Uri.EscapeDataString(left.Machine.Boot)}\n");
        }

        return text.Append(LastLine).Append('\n').ToString();
    }

    private bool TryParse(string[] lines)
    {
        if (lines is not [FirstLine, ..])
        {
            return false;
        }

        foreach (string line in lines.Skip(1))
        {
            string[] words = line.Split(' ');
            switch (words[0])
            {
                case "log":
                    Log = Guid.ParseExact(words[1], "N");
                    IsOpen = words[2] == "open";
                    ProcessId = Int32(words[3]);
                    Machine = MachineOf(words[4]);
                    break;
                case "left":
                    Left.Add(new LeftLog(Guid.ParseExact(words[1], "N"), Int32(words[2]), MachineOf(words[3])));
                    break;
                case LastLine:
                    return true;
                default:
                    return false;
            }
        }

        return false;
    }

    private static int Int32(string word) => int.Parse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static Machine MachineOf(string word)
    {
        string[] parts = word.Split(':');
        return new Machine(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1]));
    }
}
