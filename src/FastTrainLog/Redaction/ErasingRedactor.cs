using FastTrainLog.Records;

namespace FastTrainLog.Redaction;

internal sealed class ErasingRedactor : Redactor
{
    internal override bool ReadsValue => false;

    internal override void Redact(scoped ReadOnlySpan<char> value, ref TextArgument text) => text.Append("[erased]");
}
