using System.Text;
using FastTrainLog.Records;

namespace FastTrainLog.Fuzz;

/// <summary>Text that people write.</summary>
internal static class TextTargets
{
    public static FuzzTarget Template { get; } = new([.. new[] { "step {Step}[?/{Total} of] at {Loss:F3}", "{{literal}} {A}{B}", "{Open", "{0} {}", "a {Name,10:X}" }.Select(Encoding.UTF8.GetBytes)], input =>
    {
        try
        {
            MessageTemplate.ParseOpen(Encoding.UTF8.GetString(input), []);
        }
        catch (FormatException)
        {
            // What is wrong with it was told.
        }
    });

    /// <summary>Gets the target that reads options from environment variables, one a line.</summary>
    public static FuzzTarget Options { get; } = new(
        [.. new[] { "FASTTRAINLOG_MAX_FILE_SIZE=10\nFASTTRAINLOG_FLUSH_INTERVAL=00:00:01", "FASTTRAINLOG_CATEGORY_FILES=a=a.log;b=b.log", "FASTTRAINLOG_FILE_MODE=0640\nFASTTRAINLOG_MINIMUM_LEVEL=Debug", "FASTTRAINLOG_BUFFER_BYTES=1e9" }.Select(Encoding.UTF8.GetBytes)],
        input =>
        {
            var options = new TrainLogOptions();
            try
            {
                OptionReader.ReadEnvironment(options, Encoding.UTF8.GetString(input).Split('\n').Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2)
                    .DistinctBy(parts => parts[0]).Select(parts => new KeyValuePair<string, string>(parts[0], parts[1])));
                options.Validate();
            }
            catch (ArgumentException)
            {
                // What is wrong with them was told.
            }
        });
}
