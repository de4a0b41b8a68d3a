"""What a database holds, as numbers that another database can be compared with."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection

from audit.checking import current_head
from quotas.selectors import prove_ledger

_COLUMNS = """
    SELECT c.relname,
           array_agg(quote_ident(a.attname) ORDER BY a.attnum) FILTER (WHERE a.atttypid <> 'bytea'::regtype),
           array_agg(quote_ident(a.attname) ORDER BY a.attnum) FILTER (WHERE a.atttypid = 'bytea'::regtype)
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    GROUP BY c.relname
    ORDER BY c.relname
"""


@dataclass(frozen=True, slots=True)
class Inventory:
    """The contents of one database at one moment.

    tables: for each table its rows and a digest of their values, whatever order they lie in.
    files: for each column of files their number, bytes and one SHA-256 over the SHA-256 of each.
    ledger: accounts and entries of the quota ledger, and whether every balance is its entries' sum.
    migrations: which changes of structure have been applied.
    trail: the head of the log's chain, [position, digest]: a witness outside the database.
    """

    tables: dict[str, list[object]]
    files: dict[str, list[object]]
    ledger: dict[str, object]
    migrations: list[str]
    trail: list[object] = field(default_factory=lambda: [0, ""])

    @property
    def row_count(self) -> int:
        return sum(int(str(rows)) for rows, _ in self.tables.values())

    def differences(self, other: Inventory) -> list[str]:
        """Where `other` is not the same, in words; empty when nothing differs."""
        found = [
            f"表 {name}：应为 {self.tables.get(name, [0])[0]} 行，实为 {other.tables.get(name, [0])[0]} 行"
            if self.tables.get(name, [0])[0] != other.tables.get(name, [0])[0]
            else f"表 {name}：行数相同，内容不同"
            for name in sorted(self.tables.keys() | other.tables.keys())
            if self.tables.get(name) != other.tables.get(name)
        ]
        found += [
            f"文件 {name}：数量、大小或校验值不同"
            for name in sorted(self.files.keys() | other.files.keys())
            if self.files.get(name) != other.files.get(name)
        ]
        if self.ledger != other.ledger:
            found.append("指标账：账户数、分录数或核对结果不同")
        if self.trail != other.trail:
            found.append("操作日志：链首不同")
        if self.migrations != other.migrations:
            found.append("数据库结构版本不同")
        return found


def take_inventory() -> Inventory:
    """Count and digest everything; call it inside a transaction that sees one moment.

    Reads every row once. Digests are sums of hashes, so no table has to be sorted.
    """
    tables: dict[str, list[object]] = {}
    files: dict[str, list[object]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for name, values, contents in cursor.fetchall():
            quoted = connection.ops.quote_name(name)
            row = f"ROW({', '.join(values or [])})::text"
            cursor.execute(
                f"SELECT count(*), coalesce(sum(hashtextextended({row}, 0)::numeric), 0)::text FROM {quoted}"
            )
            tables[name] = list(cursor.fetchone())
            for column in contents or []:
                cursor.execute(
                    f"SELECT count({column}), coalesce(sum(octet_length({column})), 0)::bigint,"
                    f" coalesce(encode(sha256(string_agg(sha256({column}), ''::bytea"
                    f" ORDER BY sha256({column}))), 'hex'), '') FROM {quoted}"
                )
                files[f"{name}.{column}"] = list(cursor.fetchone())
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        migrations = [name for (name,) in cursor.fetchall()]
    proof = prove_ledger()
    ledger: dict[str, object] = {
        "accounts": proof.accounts,
        "movements": proof.movements,
        "is_sound": proof.is_sound,
    }
    head = current_head()
    return Inventory(tables, files, ledger, migrations, [head.position, head.digest])
