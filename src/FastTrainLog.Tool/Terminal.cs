namespace FastTrainLog.Tool;

/// <summary>What may be written to a terminal and not to a file.</summary>
internal static class Terminal
{
    public const string Red = "\e[31m";
    public const string Green = "\e[32m";
    public const string Yellow = "\e[33m";

    private const string Reset = "\e[0m";

    /// <summary>Returns whether a writer's text may be coloured: on a terminal, unless NO_COLOR is set (no-color.org).</summary>
    public static bool HasColors(TextWriter output) =>
        output == Console.Out && !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public static string Color(TextWriter output, string color, string text) => HasColors(output) ? color + text + Reset : text;
}
