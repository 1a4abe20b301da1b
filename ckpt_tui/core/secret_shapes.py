"""Tokens of known form: the beginnings and lengths of those of many vendors."""

from __future__ import annotations

import re
from functools import cached_property

from ckpt_tui.core.secret_names import AnyOf
from ckpt_tui.core.secret_patterns import SecretPattern

Signs = tuple[str, ...]

SHAPES: tuple[tuple[Signs, str], ...] = (
    (("sk-",), r"sk-(?:proj|ant|svcacct|admin|or|lf|helicone|kimi|None|service)-[\w-]{8,}|sk-[A-Za-z0-9]{16,}"),
    (("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"gh[opurs]_[A-Za-z0-9]{16,}"),
    (("github_pat_",), r"github_pat_\w{16,}"),
    (("sk_",), r"sk_[0-9a-f]{40,}"),
    (("sess-",), r"sess-[A-Za-z0-9]{32,}"),
    (
        ("glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-", "gloas-", "glsoat-", "glffct-"),
        r"gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[\w.-]{16,}",
    ),
    (("GR1348941",), r"GR1348941[\w-]{16,}"),
    (("dckr_pat_", "dckr_oat_"), r"dckr_[po]at_[\w-]{16,}"),
    (("xox",), r"xox[abeoprs]-[\w-]{8,}"),
    (("xapp-",), r"xapp-[\w-]{8,}"),
    (("AKIA", "ASIA"), r"A[KS]IA[A-Z0-9]{12,}"),
    (("AIza",), r"AIza[\w-]{20,}"),
    (("ya29.",), r"ya29\.[\w-]{16,}"),
    (("GOCSPX-",), r"GOCSPX-[\w-]{16,}"),
    (("hf_",), r"hf_[A-Za-z0-9]{16,}"),
    (("api_org_",), r"api_org_[A-Za-z0-9]{30,}"),
    (("1//0",), r"1//0[\w-]{40,}"),
    (("npm_",), r"npm_[A-Za-z0-9]{20,}"),
    (("gsk_",), r"gsk_[A-Za-z0-9]{20,}"),
    (("r8_",), r"r8_[A-Za-z0-9]{20,}"),
    (("k_live_", "k_test_"), r"[sr]k_(?:live|test)_[A-Za-z0-9]{8,}"),
    (("whsec_",), r"whsec_[A-Za-z0-9+/=]{16,}"),
    (("dop_v1_",), r"dop_v1_[0-9a-f]{32,}"),
    (("dapi",), r"dapi[0-9a-f]{32}"),
    (("SK", "AC"), r"(?:SK|AC)[0-9a-f]{32}"),
    (("shpat_", "shpss_", "shpca_", "shppa_"), r"shp(?:at|ss|ca|pa)_[0-9a-f]{32}"),
    (("sq0",), r"sq0[a-z]{3}-[\w-]{20,}"),
    (("key-",), r"key-[0-9a-f]{32}"),
    (("lin_api_",), r"lin_api_[A-Za-z0-9]{32,}"),
    (("ntn_", "secret_"), r"(?:ntn|secret)_[A-Za-z0-9]{40,}"),
    (("pcsk_",), r"pcsk_[A-Za-z0-9]{4,}_[A-Za-z0-9]{32,}"),
    (("hvs.", "hvb."), r"hv[sb]\.[\w-]{24,}"),
    (("dp.pt.", "dp.st.", "dp.ct."), r"dp\.[psc]t\.(?:[\w-]+\.)?[A-Za-z0-9]{32,}"),
    # A bot of Discord: its number in base64 comes first.
    (("MT", "Mj", "Mz", "ND", "NT", "Nj", "Nz", "OD", "OT"), r"[MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,}"),
    (("nvapi-",), r"nvapi-[\w-]{16,}"),
    (("pplx-",), r"pplx-[A-Za-z0-9]{16,}"),
    (("xai-",), r"xai-[A-Za-z0-9]{20,}"),
    (("tvly-",), r"tvly-[\w-]{12,}"),
    (("lsv2_",), r"lsv2_(?:pt|sk)_\w{16,}"),
    (("pypi-",), r"pypi-[\w-]{32,}"),
    (("SG.",), r"SG\.[\w-]{16,}\.[\w-]{16,}"),
    (("Q~",), r"[\w.~-]{3}[78]Q~[\w.~-]{30,}"),
    (("eyJ",), r"eyJ[\w-]{4,}(?:\.[\w-]+){1,4}"),
    ((":AA",), r"\d{8,10}:AA[\w-]{30,}"),
    (("AGE-SECRET-KEY-",), r"AGE-SECRET-KEY-1[A-Z0-9]{30,}"),
    (("dop_v1_", "doo_v1_", "dor_v1_"), r"do[opr]_v1_[0-9a-f]{32,}"),
    (("figd_",), r"figd_[\w-]{32,}"),
    (("PMAK-",), r"PMAK-[0-9a-f]{24}-[0-9a-f]{30,}"),
    (("rdme_",), r"rdme_[a-z0-9]{60,}"),
    ((".atlasv1.",), r"[A-Za-z0-9]{10,20}\.atlasv1\.[\w-]{40,}"),
    (("vercel_", "vcp_", "vck_"), r"(?:vercel|vc[pk])_[A-Za-z0-9]{20,}"),
    (("nfp_",), r"nfp_[A-Za-z0-9]{32,}"),
    (("sbp_",), r"sbp_[0-9a-f]{40}"),
    (("sb_secret_",), r"sb_secret_[\w-]{20,}"),
    (("rnd_",), r"rnd_[A-Za-z0-9]{24,}"),
    (("fm1", "fm2_", "fo1_"), r"f(?:m1[ar]_|m2_|o1_)[\w+/=-]{30,}"),
    (("pul-",), r"pul-[0-9a-f]{40}"),
    (("CFPAT-",), r"CFPAT-[\w-]{40,}"),
    (("phx_",), r"phx_[A-Za-z0-9]{30,}"),
    (("sntry",), r"sntry[su]_[A-Za-z0-9+/=_-]{40,}"),
    (("NRAK-", "NRII-", "NRIQ-", "NRJS-"), r"NR(?:AK|II|IQ|JS)-[A-Za-z0-9_-]{20,}"),
    (("glsa_", "glc_"), r"gl(?:sa|c)_[\w+/=]{30,}"),
    (("-us",), r"[0-9a-f]{32}-us\d{1,2}(?!\d)"),
    (("xkeysib-", "xsmtpsib-"), r"x(?:key|smtp)sib-[0-9a-f]{60,}-\w{12,}"),
    (("re_",), r"re_(?=\w{0,32}\d)[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}"),
    (("tskey-",), r"tskey-(?:auth|api|client|webhook|scim)-[\w-]{12,}"),
    (("ops_eyJ",), r"ops_eyJ[\w+/=-]{40,}"),
    (("A3-",), r"A3-[A-Z0-9]{6}-(?:[A-Z0-9]{5,6}-){3,5}[A-Z0-9]{5,6}"),
    (("ATATT3", "ATCTT3", "ATBB"), r"(?:AT[AC]TT3|ATBB)[\w=+/-]{28,}"),
    (("fw_",), r"fw_(?=[A-Za-z]{0,22}\d)[A-Za-z0-9]{22,}"),
    (("csk-",), r"csk-[A-Za-z0-9]{32,}"),
    (("pa-",), r"pa-(?=[\w-]{0,42}\d)(?=[\w-]{0,42}[A-Z])[\w-]{43}(?![\w-])"),
    (("jina_",), r"jina_[A-Za-z0-9_-]{32,}"),
    (("e2b_",), r"e2b_[0-9a-f]{32,}"),
    (("fc-",), r"fc-[0-9a-f]{32}"),
    (("ls__",), r"ls__[0-9a-f]{32}"),
    (("tgp_v1_",), r"tgp_v1_[\w-]{32,}"),
    (("esecret_",), r"esecret_[a-z0-9]{24,}"),
    (("apify_api_",), r"apify_api_[A-Za-z0-9]{30,}"),
    (("ABSK",), r"ABSK[A-Za-z0-9+/]{60,}={0,2}"),
    (("bedrock-api-key-",), r"bedrock-api-key-[\w+/=.-]{40,}"),
    (("EAA",), r"EAA[A-Za-z0-9]{75,}"),
    (("LTAI", "AKID", "ALTAK"), r"LTAI[A-Za-z0-9]{12,24}(?![A-Za-z0-9])|AKID[A-Za-z0-9]{32}|ALTAK-?[A-Za-z0-9]{20,}"),
    (("00D",), r"00D[A-Za-z0-9]{12,15}![\w.]{40,}"),
    (("pat",), r"pat[A-Za-z0-9]{14}\.[0-9a-f]{60,}|pat-(?:na|eu|ap)\d-[0-9a-f-]{36}"),
    (("HRKU-",), r"HRKU-[\w-]{30,}"),
    (("pscale_",), r"pscale_(?:tkn|pw|oauth)_[\w=.-]{30,}"),
    (("rubygems_",), r"rubygems_[0-9a-f]{40,}"),
    (("CLOJARS_",), r"CLOJARS_[0-9a-z]{50,}"),
    (("oy2",), r"oy2[a-z0-9]{43}(?![a-z0-9])"),
    (("AKCp",), r"AKCp[A-Za-z0-9]{60,}"),
    (("mfa.",), r"mfa\.[\w-]{80,}"),
    (("sl.",), r"sl\.[A-Za-z0-9_-]{120,}"),
    (("oauth:",), r"oauth:[a-z0-9]{30}(?![a-z0-9])"),
    (("access-",), r"access-(?:sandbox|development|production)-[0-9a-f-]{36}"),
    # Keys of Azure, which have a signature within.
    (
        ("AzSe", "AzFu", "AzCa", "ACDb", "+ASt", "+ABa", "+ACR", "+ASb", "+AEh", "+ARm", "JQQJ9", "AZDO"),
        (
            r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{30,80}(?:Az(?:Se|Fu|Ca)|ACDb|\+A(?:St|Ba|CR|Sb|Eh|Rm)|JQQJ9|AZDO)"
            r"[A-Za-z0-9+/]{4,32}={0,2}(?![A-Za-z0-9+/=])"
        ),
    ),
)
"""Tokens that are recognised by their beginnings: the signs of each, one of which is in it, and its form."""


SIGN_OF_SHAPE = AnyOf(sign for signs, _ in SHAPES for sign in signs)
"""Finds a sign of a token in a short text."""


class ShapePattern(SecretPattern):
    """Finds a shape with no letter or digit before it."""

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The expression, compiled; a literal beginning of the shape stays first: it is found fast."""
        shape = self._text
        literal = re.match(r"(?:[\w-]|\\\.)+(?![*+?{|])", shape)
        is_one = "|" not in re.sub(r"\([^()]*\)|\[[^]]*\]", "", shape)
        if literal is None or not is_one:
            return re.compile(rf"(?<![A-Za-z0-9])(?:{shape})")
        first = literal[0]
        return re.compile(rf"{first}(?<![A-Za-z0-9]{first}){shape[len(first) :]}")
