using System.Text.Json;

namespace FastTrainLog.Reading;

/// <summary>Where a member of a line is.</summary>
internal struct RecordMember
{
    /// <summary>Where its name begins.</summary>
    public int Name;

    /// <summary>The length of the name.</summary>
    public int NameLength;

    /// <summary>Where its value begins; a string behind its quote.</summary>
    public int Value;

    /// <summary>The length of the value; of a string without its quotes.</summary>
    public int ValueLength;

    /// <summary>The kind of the value.</summary>
    public JsonTokenType Kind;

    /// <summary>Whether <see cref="Double"/> is known.</summary>
    public NumberState Number;

    /// <summary>The value as a floating-point number.</summary>
    public double Double;

    /// <summary>Gets where its value begins, with quotes.</summary>
    public readonly int Begin => Kind == JsonTokenType.String ? Value - 1 : Value;

    /// <summary>Gets where its value ends, with quotes.</summary>
    public readonly int End => Kind == JsonTokenType.String ? Value + ValueLength + 1 : Value + ValueLength;
}
