namespace FastTrainLog.Redaction;

internal sealed class ErasingRedactor : Redactor
{
    private const string Erased = "[erased]";

    internal override bool ReadsValue => false;

    internal override int Redact(scoped ReadOnlySpan<char> value, Span<char> destination)
    {
        Erased.CopyTo(destination);
        return Erased.Length;
    }
}
