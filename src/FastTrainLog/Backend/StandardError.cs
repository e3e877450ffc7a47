namespace FastTrainLog.Backend;

/// <summary>Says what a log has no other place left to say.</summary>
internal static class StandardError
{
    /// <summary>Writes a line, where that can be written.</summary>
    public static void WriteLine(string line)
    {
        try
        {
            Console.Error.WriteLine(line);
        }
        catch (Exception)
        {
            // Often it goes to a file on the disk that is full. A training loop must not die of a message about that.
        }
    }
}
