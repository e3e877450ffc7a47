using System.CommandLine;

namespace FastTrainLog.Tool.Commands;

/// <summary>A command whose help ends with what it does in full, what it returns, and examples.</summary>
/// <param name="name">The name.</param>
/// <param name="description">What it does, in a line.</param>
/// <param name="notes">The rest.</param>
internal sealed class DocumentedCommand(string name, string description, string notes) : Command(name, description)
{
    public string Notes => notes;
}
