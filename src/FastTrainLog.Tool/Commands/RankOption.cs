using System.CommandLine;

namespace FastTrainLog.Tool.Commands;

/// <summary>The option to show one process of a run separately.</summary>
internal static class RankOption
{
    public static Option<int?> Create() => new("--rank") { Description = "One rank of a run of several processes, by itself; without it all are shown as one.", HelpName = "N" };
}
