using System.Text.Json;

namespace FastTrainLog.Records;

/// <summary>Numbers of any type, for ZLogger's JSON.</summary>
internal interface ILoggedNumbers
{
    void WriteJson(Utf8JsonWriter writer);
}
