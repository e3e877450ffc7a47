using System.Text;

namespace FastTrainLog.Shipping.Tests;

/// <summary>A target that answers as a test says, and keeps what it took.</summary>
internal sealed class ScriptedTarget(Func<ShipBatch, ShipAnswer>? answer = null, string name = "scripted") : IShipTarget
{
    public string Name => name;

    public string Address => "a test";

    public BatchLimits Limits { get; init; } = new();

    public List<string> Taken { get; } = [];

    public List<string> Ids { get; } = [];

    public int Calls { get; private set; }

    public Func<ShipBatch, ShipAnswer> Answer { get; set; } = answer ?? (static _ => ShipAnswer.Done);

    public ShipAnswer Send(ShipBatch batch, CancellationToken cancellation)
    {
        Calls++;
        ShipAnswer given = Answer(batch);
        for (int i = 0; i < batch.Count; i++)
        {
            if (given[i].Outcome == ShipOutcome.Done)
            {
                lock (Taken)
                {
                    Taken.Add(Encoding.UTF8.GetString(batch.Json(i)));
                }

                Ids.Add(batch[i].Id);
            }
        }

        return given;
    }

    public void Dispose()
    {
    }
}
